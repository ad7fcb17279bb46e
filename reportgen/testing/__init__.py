"""Golden files under pytest (比对基准测试): the plugin, what it checks, and the same for those who use syrupy."""
