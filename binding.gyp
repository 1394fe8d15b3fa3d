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
        "<!@(node scripts/native-sources.mjs cpd media board -board/sip/signalling)"
      ]
    },
    {
      "target_name": "cpd",
      "dependencies": [
        "<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all",
        "boards"
      ],
      "defines": ["NAPI_VERSION=9", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "sources": ["<!@(node scripts/native-sources.mjs addon)"],
      "cflags_cc!": ["-fno-rtti"]
    },
    {
      "target_name": "boardhost",
      "type": "executable",
      "dependencies": ["boards"],
      "sources": ["<!@(node scripts/native-sources.mjs boardhost)"],
      "libraries": ["-ldl"]
    }
  ],
  "conditions": [
    ["'<!(node scripts/has-libre.mjs)'=='yes'", {
      "targets": [
        {
          "target_name": "boardhost-sip",
          "type": "executable",
          "dependencies": ["boards"],
          "sources": ["<!@(node scripts/native-sources.mjs boardhost board/sip/signalling)"],
          "libraries": ["-l:libre.a", "-l:libssl.a", "-l:libcrypto.a", "-l:libz.a", "-lresolv", "-ldl"]
        }
      ]
    }]
  ]
}
