dd if=/dev/zero of=/mnt/t-swap bs=1M count=4 status=none; chmod 600 /mnt/t-swap; mkswap -q /mnt/t-swap; cp /mnt/t-swap /mnt/t-swap2; chmod 600 /mnt/t-swap2
printf '[Swap]\nWhat=/mnt/t-swap\nPriority=3\nOptions=discard\n' > "$U/mnt-t\\x2dswap.swap"
printf '[Swap]\nWhat=/mnt/t-nosw\n' > "$U/mnt-t\\x2dnosw.swap"
printf '[Swap]\nWhat=/mnt/other\n' > "$U/mnt-t\\x2dswx.swap"
printf '[Swap]\nPriority=3\n' > "$U/mnt-t\\x2dswy.swap"
dr
r systemctl show 'mnt-t\x2dswap.swap' -p Id,What,Priority,Options,TimeoutUSec,Result,Requires,Wants,Before,After,Conflicts,LoadState,Description,RequiredBy,WantedBy
rs "systemctl show 'mnt-t\x2dswap.swap' | cut -d= -f1 | tr '\n' ' '"
r systemctl start 'mnt-t\x2dswap.swap'
rs "tail -n +2 /proc/swaps | tr -s ' \t' ' ' | cut -d' ' -f1,2,4,5"
p 'mnt-t\x2dswap.swap' ActiveState,SubState,Result,ControlPID
r systemctl status 'mnt-t\x2dswap.swap' --no-pager -n0
r systemctl stop 'mnt-t\x2dswap.swap'
p 'mnt-t\x2dswap.swap' ActiveState,SubState,Result
rs "journalctl -u 'mnt-t\x2dswap.swap' -o cat -q --no-pager"
swapon /mnt/t-swap2
w 'mnt-t\x2dswap2.swap' active
r systemctl show 'mnt-t\x2dswap2.swap' -p Id,LoadState,ActiveState,SubState,What,Priority,FragmentPath,Before,After,Conflicts,Requires
r systemctl list-units --no-pager -t swap
swapoff /mnt/t-swap2
w 'mnt-t\x2dswap2.swap' dead
p 'mnt-t\x2dswap2.swap' LoadState,ActiveState
for n in nosw swx swy; do r systemctl start "mnt-t\\x2d$n.swap"; p "mnt-t\\x2d$n.swap" LoadState,ActiveState,SubState,Result; log "mnt-t\\x2d$n.swap"; done
r systemctl show swap.target -p ActiveState,Wants
systemctl reset-failed 'mnt-t*'; rm -rf $U/mnt-t* /mnt/t-*; dr
