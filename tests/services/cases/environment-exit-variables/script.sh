systemctl start t-ex1 t-ex2 t-ex3; systemctl start t-ex4 2>/dev/null
for i in 1 2 3 4; do ws t-ex$i; out ex${i}s; out ex${i}p; p t-ex$i; done
log t-ex2
