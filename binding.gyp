{
  "targets": [
    {
      "target_name": "cpd",
      "dependencies": [
        "<!(node -p \"require('node-addon-api').targets\"):node_addon_api_except_all"
      ],
      "defines": [
        "NAPI_VERSION=9",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        "CPD_VERSION=\"<!(node -p \"require('./package.json').version\")\""
      ],
      "include_dirs": ["native", "build/generated"],
      "sources": [
        "<!@(node scripts/native-sources.mjs cpd media board board/sim addon)"
      ],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-rtti"],
      "cflags_cc": ["-std=c++20", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-ffp-contract=off", "-fvisibility=hidden"],
      "cflags": ["-pthread"],
      "ldflags": ["-pthread"]
    }
  ]
}
