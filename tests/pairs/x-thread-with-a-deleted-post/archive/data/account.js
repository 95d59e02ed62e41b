window.YTD.account.part0 = [
 {
  "account": {
   "email": "ana@example.org",
   "createdVia": "web",
   "username": "ana",
   "accountId": "1234",
   "createdAt": "2015-01-12T10:25:22.000Z",
   "accountDisplayName": "Ana Петрова 🇫🇷"
  }
 }
]