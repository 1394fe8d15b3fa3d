/**
 * Numbers that no dialler may call: police, fire, ambulance, and the like, as they are dialled within a country.
 *
 * 112 and 911 reach emergency services from any mobile network (3GPP TS 22.101, ITU-T E.161.1) and are closed
 * everywhere. The others are those that the countries present to the ITU (ITU-T E.129, national numbering plans);
 * a site adds its own with `dialPlan.deny`. By the codes of the tone plans, ISO 3166.
 */
const everywhere: readonly string[] = ['112', '911', '999'];

const byCountry: Readonly<Record<string, readonly string[]>> = {
  AE: ['997', '998', '996', '991'],
  AR: ['100', '101', '103', '106', '107', '144'],
  AT: ['122', '133', '140', '141', '142', '144', '147'],
  AU: ['000', '106'],
  BE: ['100', '101', '102', '103', '110'],
  BG: ['150', '160', '166'],
  BR: ['180', '181', '185', '188', '190', '191', '192', '193', '194', '197', '198', '199'],
  CA: ['988'],
  CH: ['117', '118', '143', '144', '145', '147', '1414'],
  CL: ['130', '131', '132', '133', '134', '137'],
  CN: ['110', '119', '120', '122', '12395'],
  CR: ['128', '1128'],
  CZ: ['150', '155', '156', '158'],
  DE: ['110', '115', '19222', '116116', '116117'],
  DK: ['114', '1813'],
  EE: ['110', '1220'],
  ES: ['016', '061', '062', '080', '085', '088', '091', '092'],
  FI: ['10022'],
  FR: ['114', '115', '116', '119', '15', '17', '18', '191', '196', '197', '3919'],
  GB: ['101', '105', '111', '18000'],
  GR: ['100', '108', '166', '197', '199'],
  HU: ['104', '105', '107'],
  ID: ['110', '113', '115', '118', '119', '129'],
  IL: ['100', '101', '102', '103', '104', '106', '110'],
  IN: ['100', '101', '102', '104', '108', '1091', '1098'],
  IT: ['113', '114', '115', '117', '118', '1515', '1522', '1530'],
  JP: ['110', '118', '119', '171'],
  LT: ['01', '02', '03', '011', '022', '033'],
  MO: ['110', '119', '993'],
  MX: ['060', '065', '066', '068', '080', '089'],
  MY: ['991', '994', '15999'],
  NL: ['113', '144', '09008844'],
  NO: ['110', '113', '116117', '02800', '1412'],
  NZ: ['111', '105'],
  PA: ['103', '104', '108'],
  PH: ['117', '143', '163'],
  PL: ['984', '985', '986', '991', '992', '993', '994', '996', '997', '998'],
  PT: ['115', '117', '144'],
  RU: ['01', '02', '03', '04', '101', '102', '103', '104'],
  SE: ['11414', '1177', '11313'],
  SG: ['993', '994', '995', '1777', '70999'],
  TH: ['191', '199', '1155', '1669'],
  TR: ['110', '122', '155', '156', '158', '177'],
  TW: ['110', '113', '118', '119', '165'],
  US: ['988'],
  VE: ['171'],
  ZA: ['107', '10111', '10177'],
};

/** Whether the digits are an emergency number whatever the country. */
export function isEmergencyEverywhere(digits: string): boolean {
  return everywhere.includes(digits);
}

/** @param country ISO 3166 code; a country without a row has those that are closed everywhere */
export function emergencyNumbers(country: string): readonly string[] {
  return [...everywhere, ...(byCountry[country] ?? [])];
}

/** Whether the digits, as they go to the trunk, are an emergency number of the country; a `+` is ignored. */
export function isEmergencyNumber(digits: string, country: string): boolean {
  return emergencyNumbers(country).includes(digits.replace(/^\+/, ''));
}
