echo "from a file" > /tmp/t-in
for i in 1 2 3 4; do r systemctl start t-si$i; p t-si$i StandardInput,StandardOutput,Result,ExecMainStatus; done
for i in 1 2 3; do echo "-f$i"; cat /tmp/t-f$i; done
