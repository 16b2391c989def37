mkdir -p /etc/systemd/system-generators
cat > /etc/systemd/system-generators/t-gen <<'E'
#!/bin/sh
echo "$@" > /tmp/t-out.gen-args
env | grep -E '^SYSTEMD_(SCOPE|FIRST_BOOT|IN_INITRD|ARCH)' | sort > /tmp/t-out.gen-env
printf "[Service]\nExecStart=/bin/sleep 9999\n" > $1/t-gen.service
mkdir -p $1/multi-user.target.wants; ln -s ../t-gen.service $1/multi-user.target.wants/
E
chmod +x /etc/systemd/system-generators/t-gen
r systemctl daemon-reload
out gen-args; out gen-env
r systemctl is-enabled t-gen
r systemctl start t-gen
p t-gen FragmentPath,UnitFileState,ActiveState
r systemctl status t-gen -n0
rm /etc/systemd/system-generators/t-gen; systemctl stop t-gen; dr
r systemctl start t-gen
