r systemctl start t-rqf1; s t-rqf1 t-rqfb; p t-rqf1 Result,ActiveState; log t-rqf1
r systemctl start t-rqf2; w t-rqfb2 failed; s t-rqf2 t-rqfb2
