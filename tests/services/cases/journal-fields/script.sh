systemctl start t-jfi; sleep .3
rs "journalctl -F MESSAGE | grep -xE 'one|two' | sort"
rs "journalctl -u t-jfi -o json --output-fields=MESSAGE,PRIORITY -n 1 | tr ',' '\n' | tr -d '{}' | sort"
r journalctl -u t-jfi -o verbose --output-fields=MESSAGE -n 1
rs "journalctl -u t-jfi -o json -n 1 | tr ',' '\n' | tr -d '{}' | cut -d: -f1 | sort"
rs "journalctl -u t-jfi -o json -n 1 _PID=1 | tr ',' '\n' | tr -d '{}' | grep -vE 'TIMESTAMP|CURSOR|SEQ|_ID|CAP|SELINUX|CODE_' | sort"
rs "journalctl -N | grep -cE '^(MESSAGE|_PID|_SYSTEMD_UNIT)$'"
