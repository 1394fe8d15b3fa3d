/**
 * Names under which people have a column in their files, in other words and other languages, without case, accents,
 * blanks and hyphens. A column with such a name is not taken: it is asked about.
 */
const phone =
  'telephone telefon telefono telefone telefoon telefonnummer telefonnr telefoonnummer telnr telnummer telefonszam ' +
  'tel tlf tlfnr tele fone fon phonenumber phoneno phonenr phonenum numberphone telephonenumber telno telephoneno ' +
  'number nummer numero num rufnummer rufnr numerodetelephone numerotelephone numerodetelefono numerotelefono ' +
  'numerodetelefone mobile mobilephone mobilenumber mobileno mobil mobilnummer mobiltelefon handy handynummer ' +
  'cell cellphone cellnumber cellular cellulare celular movil portable gsm msisdn puhelin puhelinnumero ' +
  'телефон номер номертелефона contact contactnumber contactphone homephone workphone businessphone festnetz did ani ' +
  'dnis calledparty destination';

const customerNumber =
  'customerno customernr customernumber custid custno clientid clientno cid kundennummer kundennr ' +
  'kundenid kundeid idclient numeroclient idcliente codicecliente klantnummer klantid asiakasnumero';
/** In a calling list these are people's names. */
const customer = 'customer client kunde cliente asiakas';

const others = {
  tz:
    'timezone timezones timezonename tzname tzid olson zone zeitzone fuseau fuseauhoraire zonahoraria husohorario ' +
    'fusoorario fusohorario tijdzone tidszone tidzone tidssone aikavyohyke часовойпояс',
  daily_from:
    'from dailystart dailybegin starttime start windowfrom windowstart callfrom callafter earliest notbefore von ab ' +
    'uhrzeitvon de desde dalle van fra',
  daily_till:
    'till to until dailyto dailyuntil dailyend endtime end windowtill windowto windowend calltill calluntil ' +
    'callbefore latest notafter bis uhrzeitbis hasta alle tot til jusqua',
  dial_sched_time:
    'scheduled schedule schedtime scheduletime scheduledtime scheduledat scheddialtime dialscheduletime dialscheduledtime dialtime dialat dialafter ' +
    'callat callback callbacktime callbackat dueat due termin wiedervorlage rueckruf ruckruf rappel rellamada',
  record_type: 'rectype typeofrecord satzart recordtyp datensatztyp',
  record_status: 'recstatus statusofrecord recordstate datensatzstatus',
  record_id: 'recid recordno recordnr recordnumber datensatz datensatznummer',
  chain_id: 'chain chainno chainnr chainnumber kette',
} as const;

const byName = (names: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(names).flatMap(([column, words]) => words.split(' ').map((word) => [word, column])));

export const namesInLists = byName({ phone, ...others });
export const namesInDnc = byName({ phone, customer_id: `${customerNumber} ${customer}` });
export const namesOfCustomers = customerNumber.split(' ');
export const namesOfPeople: ReadonlySet<string> = new Set(customer.split(' '));
