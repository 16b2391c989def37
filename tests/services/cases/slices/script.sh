r systemctl start t-sli
p t-sli Slice,ControlGroup; cat /proc/$(systemctl show -P MainPID t-sli)/cgroup
r systemctl is-active t-my.slice
r systemctl status t-my.slice -n0
log t-my.slice
r systemctl start t-sli2
p t-sli2 Delegate,DelegateControllers
r systemctl stop t-sli t-my.slice
