r systemctl start t-sch
log t-sch
p t-sch CPUSchedulingPolicy,IOSchedulingClass,CPUAffinity
