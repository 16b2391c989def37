systemctl start t-slo; for i in $(seq 100); do [ $(systemctl show -P NRestarts t-slo) -ge 8 ] && break; sleep .2; done
systemctl show -P SubState t-slo | sed 's/auto-restart\|running/going on/'
systemctl stop t-slo; p t-slo ActiveState,SubState,Result
