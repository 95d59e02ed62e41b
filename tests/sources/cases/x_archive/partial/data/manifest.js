window.__THAR_CONFIG = {
  "userInfo": {
    "accountId": "1234",
    "userName": "ana",
    "displayName": "Ana 🇺🇦"
  },
  "archiveInfo": {
    "sizeBytes": "1",
    "generationDate": "2023-01-01T00:00:00.000Z",
    "isPartialArchive": true
  },
  "dataTypes": {
    "tweets": {
      "files": [
        {
          "fileName": "data/tweets.js",
          "globalName": "YTD.x.part0",
          "count": "1"
        }
      ]
    }
  }
}
