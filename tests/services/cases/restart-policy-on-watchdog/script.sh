matrix on-watchdog
