window.YTD.account.part0 = [
  {
    "account": {
      "email": "x@example.org",
      "username": "ana",
      "accountId": "1234",
      "accountDisplayName": "Ana"
    }
  }
]
