"""Where work runs (在哪里渲染): worker processes of this machine, or an existing Dask cluster, through one call."""
