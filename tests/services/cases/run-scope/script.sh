r systemd-run --scope --unit=t-rsc -p MemoryMax=64M /bin/sh -c 'cut -d: -f3 /proc/self/cgroup; systemctl is-active t-rsc.scope; cat /sys/fs/cgroup/system.slice/t-rsc.scope/memory.max; exit 4'
r systemctl is-active t-rsc.scope
systemd-run --scope -q --unit=t-rsc2 -E X=1 /bin/sh -c 'echo $X; exec sleep 9999' &
w t-rsc2.scope running
p t-rsc2.scope ActiveState,SubState,Result,Description,Slice,ControlGroup
r systemctl status t-rsc2.scope -n0
r systemctl stop t-rsc2.scope
r systemctl is-active t-rsc2.scope
wait
log t-rsc2.scope
r systemd-run --scope -q /no/such
