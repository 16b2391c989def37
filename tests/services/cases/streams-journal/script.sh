for i in 1 2 3 4; do r systemctl start t-st$i; p t-st$i StandardInput,StandardOutput,StandardError; log t-st$i; done
sed 's/[0-9][0-9]*/N/' /tmp/t-out.st1; out st2
