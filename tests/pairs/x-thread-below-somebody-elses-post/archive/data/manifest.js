window.__THAR_CONFIG = {
 "userInfo": {
  "accountId": "1234",
  "userName": "ana",
  "displayName": "Ana Петрова 🇫🇷"
 },
 "archiveInfo": {
  "sizeBytes": "1",
  "generationDate": "2023-01-01T00:00:00.000Z",
  "isPartialArchive": false
 },
 "dataTypes": {
  "tweets": {
   "files": [
    {
     "fileName": "data/tweets.js",
     "globalName": "YTD.tweets.part0",
     "count": "2"
    }
   ]
  }
 }
}