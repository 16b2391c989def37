systemctl start t-cg1 t-cg2; sleep .7
G=/sys/fs/cgroup/system.slice
for f in memory.max memory.high cpu.max pids.max cpu.weight io.weight memory.swap.max; do echo "$f: $(cat $G/t-cg1.service/$f 2>&1)"; done
p t-cg1 MemoryMax,MemoryHigh,CPUQuotaPerSecUSec,TasksMax,CPUWeight,ControlGroup
for f in cpu.max pids.max memory.max; do echo "$f: $(cat $G/t-cg2.service/$f 2>&1)"; done
procs t-cg2
p t-cg2 MemoryLimit,TasksMax
log t-cg1
