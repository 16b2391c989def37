printf '\xef\xbb\xbf[Unit]\r\nDescription=crlf\r\n[Service]\r\nExecStart=/bin/sleep 9999\r\n' > $U/t-lc1.service
printf '[Unit]\nDescription=no newline\n[Service]\nExecStart=/bin/sleep 9999' > $U/t-lc2.service
dr
for i in 1 2; do r systemctl start t-lc$i; p t-lc$i Description,LoadState,ActiveState; log t-lc$i; done
