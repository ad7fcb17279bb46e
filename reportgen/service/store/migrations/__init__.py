"""The steps from an older database to the newest (迁移)."""
