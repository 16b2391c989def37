r systemctl start t-tgt.target; s t-tgt.target t-tgt1
r systemctl status t-tgt.target
r systemctl show t-tgt.target -p Requires,Wants,After,Conflicts,ActiveState,SubState
r systemctl list-dependencies t-tgt.target --no-pager
r systemctl list-dependencies t-tgt.target --plain
r systemctl stop t-tgt.target; s t-tgt.target t-tgt1
r systemctl isolate t-tgt.target
r systemctl reload t-tgt.target
r systemctl restart t-tgt.target
r systemctl stop t-tgt.target; log t-tgt.target
