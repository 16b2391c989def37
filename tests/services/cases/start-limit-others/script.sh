for unit in t-slot.timer t-slos.socket t-slop.path; do
  for n in 1 2 3 4 5; do systemctl restart $unit || echo "start $n of $unit failed"; done
  r systemctl restart $unit
  p $unit ActiveState,SubState,Result
  journalctl -u $unit -o cat | tail -n 4
  r systemctl start $unit
  r systemctl reset-failed $unit
  r systemctl start $unit
  r systemctl stop $unit
done
unit='mnt-t\x2dslom.mount'
printf '[Unit]\nStartLimitBurst=2\n[Mount]\nWhat=tmpfs\nWhere=/mnt/t-slom\nType=tmpfs\n' > "$U/$unit"
dr
for n in 1 2; do systemctl restart "$unit" || echo "start $n failed"; done
r systemctl restart "$unit"
p "$unit" ActiveState,SubState,Result
r systemctl reset-failed "$unit"
r systemctl start "$unit"
r systemctl stop "$unit"
rmdir /mnt/t-slom; rm "$U/$unit"
dr
