{
  "target_defaults": {
    "include_dirs": ["native", "build/generated"],
    "defines": ["CPD_VERSION=\"<!(node -p \"require('./package.json').version\")\""],
    "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-exceptions"],
    "cflags_cc": ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-ffp-contract=off", "-fvisibility=hidden"],
    "cflags": ["-pthread", "-fPIC"],
    "ldflags": ["-pthread"]
  },
  "targets": [
    {
      "target_name": "boards",
      "type": "static_library",
      "standalone_static_library": 0,
      "sources": [
        "<!@(node scripts/native-sources.mjs cpd media board -board/sip/signalling -board/sip/no_signalling.cc)"
      ]
    },
    {
      "target_name": "cpd",
      "dependencies": [
        "<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all",
        "boards"
      ],
      "defines": ["NAPI_VERSION=9", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "sources": ["<!@(node scripts/native-sources.mjs addon)", "native/board/sip/no_signalling.cc"],
      "cflags_cc!": ["-fno-rtti"]
    },
    {
      "target_name": "boardhost",
      "type": "executable",
      "dependencies": ["boards"],
      "sources": ["<!@(node scripts/native-sources.mjs boardhost)", "native/board/sip/no_signalling.cc"],
      "libraries": ["-ldl"]
    }
  ],
  "conditions": [
    ["'<!(node scripts/has-libre.mjs)'=='yes'", {
      "targets": [
        {
          "target_name": "signalling",
          "type": "static_library",
          "standalone_static_library": 0,
          "sources": ["<!@(node scripts/native-sources.mjs board/sip/signalling)"],
          "link_settings": {
            "libraries": ["-l:libre.a", "-l:libssl.a", "-l:libcrypto.a", "-l:libz.a", "-lresolv", "-ldl"],
            "ldflags": ["-Wl,--wrap=tcp_listen,--wrap=tcp_accept,--wrap=sip_transp_laddr,--wrap=stun_reply"]
          }
        },
        {
          "target_name": "boardhost-sip",
          "type": "executable",
          "dependencies": ["signalling", "boards"],
          "sources": ["<!@(node scripts/native-sources.mjs boardhost)"]
        },
        {
          "target_name": "boardhost-sipexchange",
          "type": "executable",
          "dependencies": ["signalling", "boards"],
          "sources": [
            "<!@(node scripts/native-sources.mjs sipexchange)",
            "native/standin/engine/settings.cc",
            "native/standin/engine/json.cc",
            "native/standin/engine/event_names.cc"
          ]
        }
      ]
    }]
  ]
}
