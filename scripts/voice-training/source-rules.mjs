// Which recordings of which Debian packages are taken, as what, and who speaks. Measured facts such as length and
// clipping are the collector's business; a rule says only what a file name tells.
//
// A rule is [pattern, kind, speaker, language]: the first pattern that matches a path wins, $1 and $2 stand for its
// groups, a kind "-" leaves the file out. Kinds: people, prompts, read, music, noise, sounds.

const asteriskPrompts = (speaker, language) => [
  [/\/(digits|letters|phonetic|silence)\/|\/(beep|tone|ascending|descending|confbridge-(join|leave))/, '-'],
  [/\.(wav|gsm|ulaw|alaw)$/, 'prompts', speaker, language],
];
const ambient = [
  /(ambien|env_sounds|weather|rain|wind|water|thunder|engine|fire)[^/]*(\/[^/]*)*\.(ogg|wav)$/,
  'noise',
];
const anySound = [/\.(ogg|oga|wav)$/, 'sounds'];

/** Package name to its rules; `archives` are zip files inside the package whose recordings are unpacked first. `most`: clips a speaker. */
export const packages = {
  'tuxpaint-stamps-default': {
    rules: [
      [/_desc_([a-z]{2}(?:_[A-Z]{2})?)\.ogg$/, 'people', 'tux-$1', '$1'],
      [/_desc\.ogg$/, 'people', 'tux-en', 'en'],
      [/stamps\/(?!.*_desc).*\.(ogg|wav)$/, 'sounds'],
    ],
  },
  'klettres-data': { rules: [[/klettres\/(\w+)\/.*\.ogg$/, 'people', 'klettres-$1', '$1']] },
  'ktuberling-data': {
    rules: [
      [/sounds\/sr@/, '-'],
      [/sounds\/(\w+)\/.*\.(?:wav|ogg)$/, 'people', 'ktuberling-$1', '$1'],
    ],
  },
  'fillets-ng-data': {
    rules: [
      [/\/music\/[^/]*\.ogg$/, 'music'],
      [/-m-[^/]*\.ogg$/, 'people', 'fillets-small-fish-en', 'en'],
      [/-v-[^/]*\.ogg$/, 'people', 'fillets-big-fish-en', 'en'],
    ],
  },
  'fillets-ng-data-cs': {
    rules: [
      [/-m-[^/]*\.ogg$/, 'people', 'fillets-small-fish-cs', 'cs'],
      [/-v-[^/]*\.ogg$/, 'people', 'fillets-big-fish-cs', 'cs'],
      [/\.ogg$/, 'people', 'fillets-others-cs', 'cs'],
    ],
  },
  'fillets-ng-data-nl': {
    rules: [
      [/-m-[^/]*\.ogg$/, 'people', 'fillets-small-fish-nl', 'nl'],
      [/-v-[^/]*\.ogg$/, 'people', 'fillets-big-fish-nl', 'nl'],
      [/\.ogg$/, 'people', 'fillets-others-nl', 'nl'],
    ],
  },
  'pocketsphinx-testdata': {
    rules: [
      [/librivox\/.*\.wav$/, 'read', 'librivox-austen', 'en'],
      [/cards\/.*\.wav$/, 'people', 'pocketsphinx-test', 'en'],
      [/data\/\w+\.raw$/, 'people', 'pocketsphinx-test', 'en'],
    ],
    raw: ['-t', 'raw', '-r', '16000', '-e', 'signed', '-b', '16', '-c', '1'],
  },
  'codec2-examples': {
    rules: [
      [/wav\/(all|wia_16kHz|vk5qi)\.wav$/, '-'],
      [/wav\/(\w+)\.wav$/, 'people', 'codec2-$1', 'en'],
      [/raw\/(cq_ref|g3plx|kristoff)\.raw$/, 'people', 'codec2-$1', 'en'],
    ],
    raw: ['-t', 'raw', '-r', '8000', '-e', 'signed', '-b', '16', '-c', '1'],
  },
  'hedgewars-data': {
    rules: [
      [/\/Music\/.*\.ogg$/, 'music'],
      [/voices\/(Robot|Singer|Classic)\//, '-'],
      [/voices\/(Default_(\w\w))\/.*\.ogg$/, 'people', 'hedgewars-$1', '$2'],
      [/voices\/(Russian_pl)\//, 'people', 'hedgewars-$1', 'pl'],
      [/voices\/(\w+)\/.*\.ogg$/, 'people', 'hedgewars-$1', 'en'],
      anySound,
    ],
  },
  'gcin-voice': { rules: [[/\/(3|5)\.ogg$/, 'people', 'gcin-$1', 'zh']] },
  drascula: {
    rules: [
      [/\/(\d+)\.ALS$/, 'people', 'drascula-hacker-en', 'en'],
      [/\/([A-Z]+)\d+[^/]*\.ALS$/, 'people', 'drascula-$1-en', 'en'],
    ],
    raw: ['-t', 'raw', '-r', '11025', '-e', 'unsigned', '-b', '8', '-c', '1'],
  },
  'drascula-spanish': {
    rules: [
      // The same recordings as in the English version.
      [/\/[FS]\d+[^/]*\.ALS$/, '-'],
      [/\/(\d+)\.ALS$/, 'people', 'drascula-hacker-es', 'es'],
      [/\/([A-Z]+)\d+[^/]*\.ALS$/, 'people', 'drascula-$1-es', 'es'],
    ],
    raw: ['-t', 'raw', '-r', '11025', '-e', 'unsigned', '-b', '8', '-c', '1'],
  },
  'flight-of-the-amazon-queen': {
    talkie: 'queen.1c',
    most: 24,
    rules: [
      [/\/\d+J\d\.mp3$/, 'people', 'queen-joe', 'en'],
      [/\/(\d\d\d)\d+P\d\.mp3$/, 'people', 'queen-dialogue-$1', 'en'],
    ],
  },
  'beneath-a-steel-sky': {
    talkie: 'sky.dsk',
    most: 12,
    rules: [[/\/5(\d\d)\d\d\.als$/, 'people', 'sky-room-$1', 'en']],
    raw: ['-t', 'raw', '-r', '11025', '-e', 'unsigned', '-b', '8', '-c', '1'],
  },
  'alsa-utils': {
    rules: [
      [/Noise/, '-'],
      [/\.wav$/, 'people', 'alsa', 'en'],
    ],
  },
  'sound-theme-freedesktop': {
    rules: [[/audio-channel-/, '-'], anySound],
  },
  'linphone-common': { rules: [[/hello16000\.wav$/, 'people', 'linphone', 'en'], anySound] },
  saytime: {
    rules: [[/\.au$/, 'people', 'saytime', 'en']],
    raw: ['-t', 'raw', '-r', '8000', '-e', 'u-law', '-b', '8', '-c', '1'],
  },
  'pingus-data': {
    rules: [[/(letsgo|yipee|ohno|goodidea)\.wav$/, 'people', 'pingus', 'en'], anySound],
  },
  'planetblupi-common': {
    rules: [[/sound\/(de|fr|it|he|en_US)\/.*\.wav$/, 'people', 'planetblupi-$1', '$1'], anySound],
  },
  'unknown-horizons': {
    rules: [
      [/voice\/(\w\w)\/.*\.ogg$/, 'read', 'unknown-horizons-$1', '$1'],
      [/\/music\/.*\.ogg$/, 'music'],
      [/(main_square|tavern|windmill|sheepfield|smith|stonemason|lumberjack)[^/]*\.ogg$/, 'noise'],
      anySound,
    ],
  },
  'freedroidrpg-data': {
    rules: [
      [/tux_ingame_comments\/.*\.ogg$/, 'people', 'freedroid-tux', 'en'],
      [/sound\/music\/.*\.ogg$/, 'music'],
      [/voice_samples/, '-'],
      anySound,
    ],
  },
  'boswars-data': {
    rules: [
      [
        /units\/(assault|medic|engineer|grenadier|bazoo)\/.*(ready|select|action|attack)[^/]*\.wav$/,
        'people',
        'boswars-$1',
        'en',
      ],
      [/tutorial\/.*\.wav$/, 'read', 'boswars-tutorial', 'en'],
    ],
  },
  'megaglest-data': {
    rules: [
      [
        /factions\/(persian|indian|norsemen|egypt)\/units\/((?:spear|sword)man|battleaxe|cudgel_lady|valkyrie|(?:fire_)?archer|horseman|shaman|stickfighter|worker|magician|princess|fakir|genie|mummy)\/sounds\/[^/]*(ack|select)\d*\.(?:wav|ogg)$/,
        'people',
        'megaglest-$1-$2',
        'xx',
      ],
      [/commondata\/sounds\/.*(rain|night|day|water)[^/]*\.(wav|ogg)$/, 'noise'],
    ],
  },
  'trigger-rally-data': {
    archives: [/data\.zip$/],
    rules: [
      [/codriver\/(\w+)\/.*\.wav$/, 'people', 'rally-$1', 'en'],
      [/sounds\/(engine|wind|skid|gravel)[^/]*\.wav$/, 'noise'],
      anySound,
    ],
  },
  'nexuiz-data': {
    archives: [/data\.pk3$/],
    rules: [
      [
        /player\/(pyria-skadi|specop|marine|insurrectionist|soldier|fricka)\/coms\/.*\.(?:ogg|wav)$/,
        'people',
        'nexuiz-$1',
        'en',
      ],
      [/tutorial\/.*\.(?:ogg|wav)$/, 'read', 'nexuiz-tutorial', 'en'],
      [/sound\/ambient\/.*\.(?:ogg|wav)$/, 'noise'],
      [/sound\/(misc|weapons)\/.*\.(?:ogg|wav)$/, 'sounds'],
    ],
  },
  'openarena-data': {
    archives: [/pak0\.pk3$/, /mp-pak0\.pk3$/],
    rules: [
      [/voices\/rott\/.*\.ogg$/, 'people', 'openarena-rott', 'en'],
      [/festivox/, '-'],
      [/sound\/world\/.*\.(ogg|wav)$/, 'noise'],
      anySound,
    ],
  },
  'openarena-081-misc': {
    archives: [/pak6-misc\.pk3$/],
    rules: [[/sound\/(teamplay|feedback)\/.*\.(?:ogg|wav)$/, 'prompts', 'openarena-announcer', 'en']],
  },
  'warzone2100-data': {
    archives: [/base\.wz$/],
    rules: [
      [/taunts\/(taunt\d)\/.*\.ogg$/, 'people', 'warzone-$1', 'en'],
      [/audio\/tutorial\/.*\.ogg$/, 'prompts', 'warzone-instructor', 'en'],
      [/audio\/memressp\/.*\.ogg$/, 'prompts', 'warzone-computer', 'en'],
      [/audio\/sfx\/.*\.ogg$/, 'sounds'],
    ],
  },
  '0ad-data': {
    archives: [/public\.zip$/],
    rules: [
      [/voice\/(\w+)\/civ\/civ_(male|female)_[^/]*\.ogg$/, 'people', '0ad-$1-$2', '$1'],
      [/audio\/ambient\/.*\.ogg$/, 'noise'],
      [/audio\/music\/.*\.ogg$/, 'music'],
      [/audio\/(actor\/fauna|interface)\/.*\.ogg$/, 'sounds'],
    ],
  },
  'ufoai-sound': {
    archives: [/0snd\.pk3$/],
    rules: [
      [/sound\/ambience\/(tv_news|radiom|jingle)/, '-'],
      [/sound\/ambience\/.*\.ogg$/, 'noise'],
      [/sound\/(ui|geoscape|misc)\/.*\.ogg$/, 'sounds'],
    ],
  },
  'wesnoth-1.16-data': {
    rules: [
      [/ambient\/.*\.ogg$/, 'noise'],
      [/sounds\/.*\.(ogg|wav)$/, 'sounds'],
    ],
  },
  'minetest-data': { rules: [ambient, anySound] },
  'lomiri-sounds': { rules: [anySound] },
  pysiogame: { rules: [anySound] },
  xboard: { rules: [anySound] },
  pychess: { rules: [anySound] },
  eboard: { rules: [anySound] },
  'gcompris-qt-data': {
    carve: /\.rcc$/,
    rules: [
      [/(explore_world_music|instruments)\.rcc-[^/]*\.ogg$/, 'music'],
      [/\.ogg$/, 'sounds'],
    ],
  },
  'fretsonfire-songs-sectoid': { rules: [[/(song|guitar)\.ogg$/, 'music']] },
  'scorched3d-data': { rules: [[/data\/music\/.*\.ogg$/, 'music']] },
  'glob2-data': { rules: [[/zik\/.*\.ogg$/, 'music']] },
  'asterisk-moh-opsound-wav': { rules: [[/\.wav$/, 'music']] },
  'asterisk-core-sounds-en-wav': { rules: asteriskPrompts('allison', 'en') },
  'asterisk-core-sounds-es-wav': { rules: asteriskPrompts('allison', 'es') },
  'asterisk-core-sounds-fr-wav': { rules: asteriskPrompts('june', 'fr') },
  'asterisk-core-sounds-it-wav': { rules: asteriskPrompts('carlo', 'it') },
  'asterisk-core-sounds-ru-wav': { rules: asteriskPrompts('maximova', 'ru') },
  'asterisk-prompt-es-co': { rules: asteriskPrompts('es-co', 'es') },
  'asterisk-prompt-fr-armelle': { rules: asteriskPrompts('armelle', 'fr') },
  'asterisk-prompt-it-menardi-wav': { rules: asteriskPrompts('menardi', 'it') },
};
