f() { printf "[Mount]\n$2" > "$U/mnt-t\\x2dmf$1.mount"; }
f 1 'What=tmpfs\nWhere=/mnt/other\nType=tmpfs\n'
f 2 'Where=/mnt/t-mf2\nType=tmpfs\n'
f 3 'What=tmpfs\nType=tmpfs\n'
f 4 'What=tmpfs\nWhere=/mnt/t-mf4\nType=nosuchfs\n'
f 5 'What=/nosuch/dir\nWhere=/mnt/t-mf5\nOptions=bind\n'
f 6 'What=tmpfs\nWhere=/mnt/t-mf6\nType=tmpfs\n'
f 7 'What=tmpfs\nWhere=mnt/t-mf7\nType=tmpfs\n'
f 8 'What=tmpfs\nWhere=/mnt/t-mf8\nType=tmpfs\n'
f 9 'What=tmpfs\nWhere=/mnt/t-mf9\nType=tmpfs\nOptions=size=bogus\n'
touch /mnt/t-mf6; ln -s /tmp /mnt/t-mf8
dr
for n in 1 2 3 4 5 6 7 8 9; do n="mnt-t\\x2dmf$n.mount"; r systemctl start "$n"; p "$n" LoadState,ActiveState,SubState,Result,What,Where; log "$n"; done
printf '[Mount]\nWhat=tmpfs\nWhere=/\nType=tmpfs\n' > $U/t-bad.mount; printf '[Mount]\nWhat=proc\nWhere=/proc\nType=proc\n' > $U/proc.mount; dr
r systemctl start t-bad.mount proc.mount
p t-bad.mount LoadState,ActiveState; p proc.mount LoadState,ActiveState,SubState
r systemctl stop proc.mount
f 10 'What=tmpfs\nWhere=/mnt/t-mf10\nType=tmpfs\n'; dr
r systemctl start 'mnt-t\x2dmf10.mount'
sleep 9901 < /dev/null > /dev/null 2>&1 & cd /mnt/t-mf10
r systemctl stop 'mnt-t\x2dmf10.mount'
p 'mnt-t\x2dmf10.mount' ActiveState,SubState,Result
log 'mnt-t\x2dmf10.mount'
cd /
r systemctl stop 'mnt-t\x2dmf10.mount'
r systemctl status 'mnt-t\x2dmf4.mount' --no-pager -n0
r systemctl start mnt-tx.mount
systemctl stop 'mnt-t*.mount'; systemctl reset-failed 'mnt-t*'; kill %1; rm -rf $U/mnt-t* $U/proc.mount /mnt/t-*; dr
