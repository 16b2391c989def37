r systemd-run --unit=t-ro1 --wait -p MemoryMax=64M -p Environment=A=1 -E B='two words' --working-directory=/tmp --description='A job' /bin/sh -c 'echo "$$A:$$B:$$PWD:$A" > /tmp/t-out.ro1; cat /sys/fs/cgroup/$$(cut -d: -f3 /proc/self/cgroup)/memory.max >> /tmp/t-out.ro1' 2>&1 | sed 's/invocation ID: .*/invocation ID: ID/'
out ro1
r systemd-run --unit=t-ro2 /no/such
r systemd-run --unit=t-ro3 -p Bogus=1 /bin/true
r systemd-run --unit=t-ro3 -p MemoryMax=abc /bin/true
r systemd-run --unit=t-ro4 -r /bin/true
p t-ro4 ActiveState,SubState,Description,Transient,RemainAfterExit
r systemctl is-enabled t-ro4
r systemctl status t-ro4 -n0
r systemd-run --unit=t-ro4 /bin/true
r systemctl stop t-ro4
r systemctl show t-ro4 -p LoadState,FragmentPath
ls /run/systemd/transient | grep -c t-ro
r systemd-run
r systemd-run --wait -q /bin/sh -c 'kill -KILL $$$$'
r systemd-run --wait --unit=t-ro7 --collect /bin/sh -c 'kill -TERM $$$$; sleep 9'
rs 'echo hello | systemd-run -q --pipe --wait /bin/cat'
rs 'systemd-run -q --pipe /bin/sh -c "echo out; echo err >&2; exit 5"'
r systemd-run --unit=t-ro8 --no-block /bin/sleep 50
w t-ro8 running
r systemctl stop t-ro8
