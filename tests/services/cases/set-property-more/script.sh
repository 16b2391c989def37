systemctl start t-spm
G=/sys/fs/cgroup/system.slice/t-spm.service
r systemctl set-property --runtime t-spm CPUWeight=50 MemoryHigh=40M
cat $G/cpu.weight $G/memory.high
cat /run/systemd/system.control/t-spm.service.d/*.conf
r systemctl set-property t-spm Type=oneshot
r systemctl set-property --runtime t-spm MemoryHigh=
cat $G/memory.high
p t-spm NeedDaemonReload,MemoryHigh,CPUWeight
r systemctl restart t-spm
cat $G/cpu.weight
r systemctl revert t-spm
p t-spm CPUWeight,DropInPaths
