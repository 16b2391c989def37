systemctl start t-cga & C=$!; w t-cga start; kill -9 $C; wait $C 2>/dev/null
w t-cga exited; p t-cga ActiveState,SubState,Result
rs "systemctl list-units --all | head -1 | cut -c1-6"
