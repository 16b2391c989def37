systemctl start t-slo; for i in $(seq 100); do [ $(systemctl show -P NRestarts t-slo) -ge 8 ] && break; sleep .2; done
systemctl show -P SubState t-slo | sed 's/auto-restart\|running/going on/'
# Whether the stop meets a process that is about to fail is chance.
systemctl stop t-slo; systemctl show -P SubState t-slo | sed 's/dead\|failed/stopped/'
systemctl reset-failed t-slo 2>/dev/null; p t-slo ActiveState,SubState,Result
