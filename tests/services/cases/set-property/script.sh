systemctl start t-spr
G=/sys/fs/cgroup/system.slice/t-spr.service
r systemctl set-property t-spr MemoryMax=30M CPUQuota=20%
cat $G/memory.max $G/cpu.max
find /etc/systemd/system.control -type f | sort
cat /etc/systemd/system.control/t-spr.service.d/50-MemoryMax.conf
p t-spr MemoryMax,CPUQuotaPerSecUSec,DropInPaths
r systemctl set-property --runtime t-spr TasksMax=9
cat $G/pids.max
find /run/systemd/system.control -type f | sort
r systemctl set-property t-spr Bogus=1
r systemctl set-property t-spr MemoryMax=abc
r systemctl set-property t-spr
r systemctl set-property t-sprnone MemoryMax=1G
r systemctl revert t-spr
cat $G/memory.max
find /etc/systemd/system.control /run/systemd/system.control -type f 2>/dev/null
