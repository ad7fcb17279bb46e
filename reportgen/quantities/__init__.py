"""Figures in Chinese text (文中的数据): numbers with units, periods, and what is said of which indicator."""
