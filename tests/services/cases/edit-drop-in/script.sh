cat > /tmp/t-editor <<'E'
#!/bin/sh
for f; do case $f in +*) shift ;; esac; done
[ -n "$SEEN" ] && cat "$1" > /tmp/t-out.seen
for f; do sed -i '3a [Service]\nEnvironment=EDITED=1' "$f"; done
E
chmod +x /tmp/t-editor
rs "SYSTEMD_EDITOR=/tmp/t-editor SEEN=1 script -qec 'systemctl edit t-edi' /dev/null"
out seen
for file in $(find $U -path '*t-edi*' -type f | sort); do echo "== $file"; cat "$file"; done | grep -v ExecStart
p t-edi Environment,DropInPaths
rs "SYSTEMD_EDITOR=/bin/true script -qec 'systemctl edit t-edi --drop-in=other' /dev/null"
rs "SYSTEMD_EDITOR=/tmp/t-editor script -qec 'systemctl edit t-edinone' /dev/null"
rs "SYSTEMD_EDITOR=/tmp/t-editor script -qec 'systemctl edit --force --full t-edinew.service' /dev/null"
cat $U/t-edinew.service
printf '[Service]\nEnvironment=FROM=stdin\n' > /tmp/t-in; rs "systemctl edit --stdin t-edi < /tmp/t-in"
r systemctl revert t-edi
