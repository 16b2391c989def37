systemctl start t-oom1; w t-oom1 failed; p t-oom1; log t-oom1
systemctl start t-oom2; for i in $(seq 100); do [ -e /tmp/t-oom2 ] && journalctl -q -u t-oom2 | grep -q Killed && break; sleep .1; done; p t-oom2; log t-oom2
systemctl start t-oom3; w t-oom3 auto-restart; p t-oom3; log t-oom3
