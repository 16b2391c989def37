for v in 1 yes y true t on 0 no n false f off YES True 2 maybe; do printf "[Service]\nType=oneshot\nRemainAfterExit=$v\nExecStart=/bin/true\n" > $U/t-lbo-$v.service; done
dr
for v in 1 yes y true t on 0 no n false f off YES True 2 maybe; do echo "$v => $(systemctl show -p RemainAfterExit --value t-lbo-$v)"; done
