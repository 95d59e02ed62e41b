var payload_details =  {
  "tweets" : 3,
  "created_at" : "Tue Feb 19 03:44:19 +0000 2013",
  "lang" : "en"
}