window.YTD.note_tweet.part0 = [
 {
  "noteTweet": {
   "noteTweetId": "1399999999999213574",
   "updatedAt": "2021-06-02T08:03:05.000Z",
   "createdAt": "2021-06-02T08:03:05.000Z",
   "lifecycle": {
    "value": "1",
    "name": "Active"
   },
   "core": {
    "text": "1/2 Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. Слово за словом, 字 & more. See https://t.co/nnnnnnnnnn by @bob_port #порт",
    "styletags": [],
    "cashtags": [],
    "mentions": [
     {
      "screenName": "bob_port",
      "fromIndex": "413",
      "toIndex": "422"
     }
    ],
    "urls": [
     {
      "shortUrl": "https://t.co/nnnnnnnnnn",
      "expandedUrl": "https://example.org/a_long_path",
      "displayUrl": "example.org/a_long_pa…",
      "fromIndex": "386",
      "toIndex": "409"
     }
    ],
    "hashtags": [
     {
      "text": "порт",
      "fromIndex": "423",
      "toIndex": "428"
     }
    ]
   }
  }
 }
]