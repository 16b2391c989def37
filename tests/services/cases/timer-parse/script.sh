r systemctl start t-tpa.timer
log t-tpa.timer
r systemctl show t-tpa.timer -p TimersMonotonic,TimersCalendar,Unit,AccuracyUSec,RandomizedDelayUSec,Persistent
r systemctl stop t-tpa.timer
r systemctl start t-tpb.timer
log t-tpb.timer
