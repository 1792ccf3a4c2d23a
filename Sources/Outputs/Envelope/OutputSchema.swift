extension Envelope {
  /// The JSON Schema (draft 2020-12) every output file is valid against; `format` 1.
  package static let schemaText = #"""
    {
     "$defs": {
      "evidence": {
       "additionalProperties": false,
       "properties": {
        "boxes": {
         "items": {
          "items": {
           "type": "number"
          },
          "maxItems": 5,
          "minItems": 5,
          "type": "array"
         },
         "type": "array"
        },
        "match": {
         "enum": [
          "exact",
          "normalized",
          "none"
         ]
        },
        "occurrences": {
         "minimum": 0,
         "type": "integer"
        },
        "page": {
         "type": "integer"
        },
        "selector": {
         "items": {
          "oneOf": [
           {
            "additionalProperties": false,
            "properties": {
             "exact": {
              "type": "string"
             },
             "prefix": {
              "type": "string"
             },
             "suffix": {
              "type": "string"
             },
             "type": {
              "const": "TextQuoteSelector"
             }
            },
            "required": [
             "type",
             "exact"
            ],
            "type": "object"
           },
           {
            "additionalProperties": false,
            "properties": {
             "end": {
              "minimum": 0,
              "type": "integer"
             },
             "start": {
              "minimum": 0,
              "type": "integer"
             },
             "type": {
              "const": "TextPositionSelector"
             }
            },
            "required": [
             "type",
             "start",
             "end"
            ],
            "type": "object"
           },
           {
            "additionalProperties": false,
            "properties": {
             "conformsTo": {
              "type": "string"
             },
             "type": {
              "const": "FragmentSelector"
             },
             "value": {
              "type": "string"
             }
            },
            "required": [
             "type",
             "value"
            ],
            "type": "object"
           }
          ]
         },
         "minItems": 1,
         "type": "array"
        },
        "turns": {
         "items": {
          "type": "integer"
         },
         "type": "array"
        }
       },
       "required": [
        "match",
        "selector"
       ],
       "type": "object"
      },
      "evidenceId": {
       "pattern": "^e[0-9]+$",
       "type": "string"
      },
      "field": {
       "additionalProperties": false,
       "properties": {
        "alternatives": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "evidence": {
            "items": {
             "$ref": "#/$defs/evidenceId"
            },
            "type": "array"
           },
           "raw": {
            "type": [
             "string",
             "null"
            ]
           },
           "value": true
          },
          "required": [
           "value",
           "evidence"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "evidence": {
         "items": {
          "$ref": "#/$defs/evidenceId"
         },
         "type": "array"
        },
        "raw": {
         "type": [
          "string",
          "null"
         ]
        },
        "status": {
         "enum": [
          "found",
          "absent",
          "unsupported",
          "notRead"
         ]
        },
        "value": true
       },
       "required": [
        "status",
        "value",
        "evidence"
       ],
       "type": "object"
      },
      "fields": {
       "additionalProperties": false,
       "properties": {
        "fields": {
         "additionalProperties": {
          "$ref": "#/$defs/field"
         },
         "type": "object"
        },
        "schema": {
         "additionalProperties": false,
         "properties": {
          "name": {
           "type": "string"
          },
          "sha256": {
           "pattern": "^[0-9a-f]{64}$",
           "type": "string"
          }
         },
         "required": [
          "name",
          "sha256"
         ],
         "type": "object"
        }
       },
       "required": [
        "schema",
        "fields"
       ],
       "type": "object"
      },
      "minutes": {
       "additionalProperties": false,
       "properties": {
        "actions": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "due": {
            "type": [
             "string",
             "null"
            ]
           },
           "dueBasis": {
            "enum": [
             "explicit",
             "relative",
             null
            ]
           },
           "dueText": {
            "type": [
             "string",
             "null"
            ]
           },
           "evidence": {
            "items": {
             "$ref": "#/$defs/evidenceId"
            },
            "type": "array"
           },
           "id": {
            "type": "string"
           },
           "owner": {
            "$ref": "#/$defs/personRef"
           },
           "ownerText": {
            "type": [
             "string",
             "null"
            ]
           },
           "text": {
            "type": "string"
           },
           "topic": {
            "type": [
             "string",
             "null"
            ]
           }
          },
          "required": [
           "id",
           "text",
           "owner",
           "due",
           "evidence"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "attendees": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "id": {
            "pattern": "^p[0-9]+$",
            "type": "string"
           },
           "labels": {
            "items": {
             "type": "string"
            },
            "type": "array"
           },
           "name": {
            "type": "string"
           },
           "organization": {
            "type": [
             "string",
             "null"
            ]
           },
           "presence": {
            "enum": [
             "spoke",
             "listed",
             "apologies",
             "mentioned"
            ]
           },
           "role": {
            "type": [
             "string",
             "null"
            ]
           },
           "turns": {
            "type": "integer"
           }
          },
          "required": [
           "id",
           "name",
           "presence"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "decisions": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "by": {
            "items": {
             "$ref": "#/$defs/personRef"
            },
            "type": "array"
           },
           "evidence": {
            "items": {
             "$ref": "#/$defs/evidenceId"
            },
            "type": "array"
           },
           "id": {
            "type": "string"
           },
           "outcome": {
            "enum": [
             "agreed",
             "rejected",
             "deferred"
            ]
           },
           "text": {
            "type": "string"
           },
           "topic": {
            "type": [
             "string",
             "null"
            ]
           }
          },
          "required": [
           "id",
           "text",
           "outcome",
           "evidence"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "meeting": {
         "additionalProperties": false,
         "properties": {
          "date": {
           "type": [
            "string",
            "null"
           ]
          },
          "end": {
           "type": [
            "string",
            "null"
           ]
          },
          "next": {
           "type": [
            "string",
            "null"
           ]
          },
          "place": {
           "type": [
            "string",
            "null"
           ]
          },
          "start": {
           "type": [
            "string",
            "null"
           ]
          },
          "title": {
           "type": [
            "string",
            "null"
           ]
          }
         },
         "required": [
          "title",
          "date"
         ],
         "type": "object"
        },
        "openQuestions": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "evidence": {
            "items": {
             "$ref": "#/$defs/evidenceId"
            },
            "type": "array"
           },
           "id": {
            "type": "string"
           },
           "raisedBy": {
            "$ref": "#/$defs/personRef"
           },
           "text": {
            "type": "string"
           },
           "topic": {
            "type": [
             "string",
             "null"
            ]
           }
          },
          "required": [
           "id",
           "text",
           "evidence"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "topics": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "evidence": {
            "items": {
             "$ref": "#/$defs/evidenceId"
            },
            "type": "array"
           },
           "id": {
            "type": "string"
           },
           "spans": {
            "items": {
             "maxItems": 2,
             "minItems": 2,
             "prefixItems": [
              {
               "type": "integer"
              },
              {
               "type": "integer"
              }
             ],
             "type": "array"
            },
            "type": "array"
           },
           "summary": {
            "type": "string"
           },
           "title": {
            "type": "string"
           }
          },
          "required": [
           "id",
           "title",
           "summary",
           "spans",
           "evidence"
          ],
          "type": "object"
         },
         "type": "array"
        }
       },
       "required": [
        "meeting",
        "attendees",
        "topics",
        "decisions",
        "actions",
        "openQuestions"
       ],
       "type": "object"
      },
      "personRef": {
       "pattern": "^p[0-9]+$",
       "type": [
        "string",
        "null"
       ]
      },
      "summary": {
       "additionalProperties": false,
       "properties": {
        "abstract": {
         "type": "string"
        },
        "language": {
         "type": "string"
        },
        "points": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "evidence": {
            "items": {
             "$ref": "#/$defs/evidenceId"
            },
            "type": "array"
           },
           "text": {
            "type": "string"
           },
           "topic": {
            "type": "string"
           }
          },
          "required": [
           "text",
           "evidence"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "title": {
         "type": [
          "string",
          "null"
         ]
        }
       },
       "required": [
        "title",
        "abstract",
        "points"
       ],
       "type": "object"
      }
     },
     "$id": "output-1.schema.json",
     "$schema": "https://json-schema.org/draft/2020-12/schema",
     "additionalProperties": false,
     "allOf": [
      {
       "if": {
        "properties": {
         "kind": {
          "const": "summary"
         }
        }
       },
       "then": {
        "properties": {
         "data": {
          "$ref": "#/$defs/summary"
         }
        }
       }
      },
      {
       "if": {
        "properties": {
         "kind": {
          "const": "fields"
         }
        }
       },
       "then": {
        "properties": {
         "data": {
          "$ref": "#/$defs/fields"
         }
        }
       }
      },
      {
       "if": {
        "properties": {
         "kind": {
          "const": "minutes"
         }
        }
       },
       "then": {
        "properties": {
         "data": {
          "$ref": "#/$defs/minutes"
         }
        }
       }
      }
     ],
     "properties": {
      "coverage": {
       "additionalProperties": false,
       "properties": {
        "skipped": {
         "items": {
          "additionalProperties": false,
          "properties": {
           "end": {
            "type": "integer"
           },
           "page": {
            "type": "integer"
           },
           "reason": {
            "type": "string"
           },
           "start": {
            "type": "integer"
           }
          },
          "required": [
           "reason"
          ],
          "type": "object"
         },
         "type": "array"
        },
        "tokensRead": {
         "type": "integer"
        },
        "tokensTotal": {
         "type": "integer"
        }
       },
       "required": [
        "tokensTotal",
        "tokensRead",
        "skipped"
       ],
       "type": "object"
      },
      "data": {
       "type": "object"
      },
      "evidence": {
       "additionalProperties": {
        "$ref": "#/$defs/evidence"
       },
       "type": "object"
      },
      "format": {
       "const": 1
      },
      "kind": {
       "enum": [
        "summary",
        "fields",
        "minutes"
       ]
      },
      "produced": {
       "additionalProperties": false,
       "properties": {
        "key": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        },
        "model": {
         "additionalProperties": false,
         "properties": {
          "name": {
           "type": "string"
          },
          "sha256": {
           "pattern": "^[0-9a-f]{64}$",
           "type": "string"
          }
         },
         "required": [
          "name",
          "sha256"
         ],
         "type": "object"
        },
        "pipeline": {
         "type": "string"
        },
        "pipelineSha256": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        },
        "promptSha256": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        },
        "sampling": {
         "additionalProperties": false,
         "properties": {
          "seed": {
           "type": "integer"
          },
          "temperature": {
           "type": "number"
          },
          "topP": {
           "type": "number"
          }
         },
         "required": [
          "temperature",
          "seed"
         ],
         "type": "object"
        },
        "step": {
         "type": "string"
        },
        "usage": {
         "additionalProperties": false,
         "properties": {
          "attempts": {
           "type": "integer"
          },
          "cachedTokens": {
           "type": "integer"
          },
          "calls": {
           "type": "integer"
          },
          "outputTokens": {
           "type": "integer"
          },
          "promptTokens": {
           "type": "integer"
          }
         },
         "required": [
          "promptTokens",
          "outputTokens"
         ],
         "type": "object"
        }
       },
       "required": [
        "key",
        "pipeline",
        "step",
        "pipelineSha256",
        "model",
        "promptSha256",
        "sampling"
       ],
       "type": "object"
      },
      "source": {
       "additionalProperties": false,
       "properties": {
        "codepoints": {
         "minimum": 0,
         "type": "integer"
        },
        "mediaType": {
         "type": "string"
        },
        "pages": {
         "minimum": 1,
         "type": "integer"
        },
        "path": {
         "type": "string"
        },
        "sha256": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        },
        "textSha256": {
         "pattern": "^[0-9a-f]{64}$",
         "type": "string"
        },
        "title": {
         "type": "string"
        }
       },
       "required": [
        "path",
        "sha256",
        "mediaType",
        "textSha256",
        "codepoints"
       ],
       "type": "object"
      },
      "status": {
       "enum": [
        "complete",
        "partial",
        "failed"
       ]
      },
      "warnings": {
       "items": {
        "additionalProperties": false,
        "properties": {
         "at": {
          "type": "string"
         },
         "code": {
          "type": "string"
         },
         "message": {
          "type": "string"
         }
        },
        "required": [
         "code",
         "message"
        ],
        "type": "object"
       },
       "type": "array"
      }
     },
     "required": [
      "format",
      "kind",
      "status",
      "source",
      "produced",
      "coverage",
      "warnings",
      "evidence",
      "data"
     ],
     "title": "One document's output",
     "type": "object"
    }
    """#
}
