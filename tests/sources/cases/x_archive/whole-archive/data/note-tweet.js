window.YTD.note_tweet.part0 = [
  {
    "noteTweet": {
      "noteTweetId": "1700000000000000009",
      "updatedAt": "2022-12-06T04:00:09.000Z",
      "createdAt": "2022-12-06T04:00:10.500Z",
      "lifecycle": {
        "value": "1",
        "name": "Active"
      },
      "core": {
        "text": "Рік тому — R&D &amp; all that. 🇺🇦 #тишан Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. Слово за словом. See https://t.co/nnnnnnnnnn #тиша",
        "styletags": [],
        "mentions": [],
        "cashtags": [],
        "urls": [
          {
            "shortUrl": "https://t.co/nnnnnnnnnn",
            "expandedUrl": "https://example.org/a_long_path",
            "displayUrl": "example.org/a_long_pa…",
            "fromIndex": "419",
            "toIndex": "442"
          }
        ],
        "hashtags": [
          {
            "text": "тиша",
            "fromIndex": "443",
            "toIndex": "448"
          }
        ]
      }
    }
  },
  {
    "noteTweet": {
      "noteTweetId": "1700000000000000010",
      "createdAt": "2022-12-06T04:08:20.000Z",
      "core": {
        "text": "A long text & its post is not here.",
        "urls": [],
        "mentions": [],
        "hashtags": []
      }
    }
  }
]
