"""One module for each step (迁移步骤); what was released is never changed."""
