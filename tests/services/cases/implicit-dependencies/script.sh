r systemctl show t-id1 -p Requires,Wants,After,Before,Conflicts,DefaultDependencies,Slice
r systemctl show t-id2 -p Requires,Wants,After,Before,Conflicts,DefaultDependencies,Slice
