"""Names of brands that look like persons' or stand where persons' names do, and other words that are no names.

Facts gathered by hand; the brands at hand are better given to :func:`~relationtypes.redacting.redact` as ``keep``.
"""

from __future__ import annotations

BRANDS = frozenset(
    """
    aa michelin embrace goodleap nook bibendum néoliane neoliane manpower universal abercrombie accor acer adidas adobe adp adt aegean aeromexico air airbnb airbus aircanada airfrance airpods albertsons aldi alexa
    alibaba aliexpress allianz alma ally alltricks ameli amazon amazonprime amd amex american americanair americanairlines americanexpress android ankorstore aol apple
    applecard applemusic appletv applepay argos aroma-zone asda asos asus att atlassian auchan audi audible aviva avis avg axa babbel backmarket back badoo bbc bbva bbq beats
    benefit bestbuy bing binance bitcoin blablacar blackberry bmw bnp bose bosch boulanger bouygues bouyguestelecom boursobank boursorama bp
    british britishairways bricomarché brico bt bumble burberry burgerking burger but cadbury caf calendly calvin canal canva capital cardif carglass
    carrefour cartier casino castorama cdiscount celio cetelem chanel chase chatgpt chevrolet chewy chick-fil-a chipotle chrome chromebook chromecast chronopost citi
    citibank clio citroën citroen clickup cofidis coinbase colissimo comcast conforama converse copilot costa costco coursera crédit credit cultura cultfurniture cvs cybertruck
    dacia darty decathlon deezer deliveroo dell delonghi delta dhl dior direct disney disneyland disneyplus dji dpd domino dominos
    doordash dropbox dropshipping duolingo dunkin dyson easyjet ebay ebookers edf ee efs electrolux emirates eni engie epic esim essity etam etsy eurostar eventbrite
    everlane expedia facebook fb fedex fiat fidelity figma fiverr flickr flixbus flunch fnac foncia ford fortnite fortuneo foodora franprix free freebox freemobile freshly frontier fujitsu fujifilm
    galaxy gap garmin gemini generali getaround getyourguide ggplot gifi github gitlab givenchy glassdoor glovo gls gmail gmf godaddy google gopro gousto grab grok groupama groupon grubhub gucci
    haribo harmonie hbo headspace heineken hellofresh hello hermes hermès hertz hilton homeaway homedepot honda hp hsbc htc huawei hubspot hulu hyatt hyundai ibis ibm ihop icloud
    ikea imac imessage indigo instacart instagram intel intermarché ios ipad iphone ipod itunes jaguar jbl jetblue jira
    kayak kfc kia kiabi kickstarter kindle klarna klm kobo kodak lacoste lapeyre lastminute laposte leboncoin leclerc lego lemonade lenovo leroy
    leroymerlin levis levi levi's lg lidl lime linkedin linux lloyds loreal l'oréal lot lufthansa lululemon lush lyft lycamobile maaf mac macdo mcdo macbook macif mac-do macys
    mailchimp maif mailjet malakoff mango manomano marionnaud marriott martinique mastercard mcdonald mcdonalds mcdonald's mediamarkt mediapart mercedes messenger meta metro microsoft midas migros
    minecraft mini mma mobil mondial mondialrelay monday monoprix monzo moulinex mozilla msi n26 nabilla nationwide natwest nest nespresso nestle
    nestlé netflix netto nike nikon nintendo nissan nocibé nokia norauto nordstrom notion nvidia o2 oculus office ola olx oneplus onedrive openai openclassrooms opera opel oppo
    orange orangebank ouigo outlook oui pampers panasonic pandora paypal paylib payfit peacock peloton pepsi petsmart peugeot philips photobox photoshop picard pinterest pixel
    playstation pmu polar porsche post posti prada priceline priceminister primark prime prixtel promod ps4 ps5 qatar qantas qonto quickbooks quora rakuten ratp red reddit
    renault revolut ring robinhood roblox roku rolex rowenta royal ryanair sage safari salesforce samsung santander sap seb sephora sezane sézane sfr shein shell shopify showroomprive
    showroomprivé signal siri sixt skoda sky skype skyscanner slack smartthings snapchat snapfish sncf snapple société sogenhal sonos sony sosh southwest southwestair spirit spotify
    square starbucks stripe strava subaru subway surface suzuki swatch swiss switch t-mobile tmobile taobao target tarte teams telegram temu tesco
    tesla tiktok tinder tnt todoist tomtom topshop toyota transavia transferwise trello tripadvisor trivago truecaller trustpilot tui tuenti tumblr twitch twitter
    uber ubereats ubisoft udemy ulta unidays united unitedairlines ups usairways usps uniqlo utah valve vanguard veepee venmo venteprivee verizon viber vichy vinci vinted virgin virginamerica
    virginatlantic visa vistaprint vodafone volkswagen volvo vueling vw waitrose walgreens walmart wanadoo waze wayfair webex wechat wellsfargo wells whatsapp whirlpool wiko windows winamax wise wish wix
    wizzair wizz woolworths wordpress workday xbox xerox xiaomi yahoo yamaha yelp yoplait youtube yves zalando zapier zappos zara zelle zendesk zillow
    zoom zoomus sxsw
    """.split()
)
"""Lower case, one word each, as in a handle or after "thanks to"."""

PHRASES = tuple(
    line.strip()
    for line in """
    aunt jemima|barnes & noble|barclays bank|baskin robbins|bath & body works|bed bath & beyond|ben & jerry's|ben & jerrys|ben & jerry|ben and jerry's|ben sherman
    betty crocker|bobbi brown|brooks brothers|calvin klein|captain morgan|carl's jr|carolina herrera|caroline receveur|caudalie paris|charles & keith|charles schwab
    charles de gaulle|charles tyrwhitt|charlotte tilbury|charlotte russe|chase bank|christian dior|christian louboutin|claire's|claude code|clement & co|cora hypermarché
    daniel wellington|danon paris|david lloyd|david yurman|davidoff cool|dell technologies|denny's|dennys|diane von furstenberg|dick's sporting goods|dolce & gabbana|donald trump|dorothy perkins
    dr martens|doc martens|dr pepper|dr oetker|dr jart|dr brown's|dr hauschka|dr scholl's|dr pierre ricaud|dr max|dunkin donuts|ed sheeran|eddie bauer|elizabeth arden|elon musk|emma matelas|emma mattress|emma sleep
    emma watson|enrico coveri|eric bompard|estée lauder|estee lauder|ethan allen|eve sleep|franck provost|frank & oak|frank's redhot|fred meyer|fred perry|georgio armani|gérard darel|gerard darel
    giorgio armani|george foreman|olivier assurance|olivier assurances|star wars|star tours|dr seuss|jimmy fallon|julian assange|money walkie|google home|guy hoquet|guy degrenne|guy cotten|harley davidson|harry potter|harry's|harvey nichols|harvey norman|heinz ketchup|helena rubinstein|hello fresh|goldman sachs|marcus goldman sachs|eddie bauers|jack russell|russell terrier|juan valdez|healthy paws|hello bank|hello kitty|henri boucher|hugo boss
    isabel marant|jack & jones|jack and jones|jack daniel's|jack daniels|jack in the box|jack wills|jack wolfskin|jacques dessange|james bond|jamie oliver|jardiland|jc penney|jean lassalle
    jean louis david|jean-louis david|jean paul gaultier|jean-paul gaultier|jean coutu|jeff de bruges|jeff bezos|jennyfer|jimmy choo|jimmy fairly|jimmy john's|jimmy johns|jo malone|joann fabrics|joe & the juice|joe rogan|john deere
    john frieda|john lewis|johnnie walker|johnny hallyday|johnson & johnson|jules & jim|juicy couture|jordan air|jules ferry|julia roberts|julie & the phantoms|julie and the phantoms|justin bieber|karen millen|karl lagerfeld|kate spade|kate middleton|kenneth cole|kenzo|kurt geiger
    lane bryant|laura ashley|laura mercier|laurent perrier|leonardo da vinci|leroy merlin|léon de bruxelles|leon de bruxelles|little caesars|liz claiborne|louis vuitton|louis pion|louis xiv|luc besson|luke combs
    madame figaro|madame toussaud|madame tussauds|marc dorcel|marc jacobs|marc orian|marcel et fils|marie blachère|marie blachere|marie brizard|marie claire|marie curie|mark zuckerberg
    marks & spencer|marks and spencer|marks spencer|marlboro|martha stewart|mary berry|mary kay|mary poppins|maurice lacroix|max factor|max mara|max & co|michael jackson|michael jordan|michael kors|michael page|michel & augustin
    michel et augustin|mickey mouse|minnie mouse|miss dior|miss sixty|miss selfridge|miss universe|monsieur cuisine|monsieur meuble|monsieur store|monsieur bricolage|madame coco|madame la présidente|mr bricolage|mr beast|mr robot|mr clean|mr potato head|mr kipling|mr porter|mr coffee|mr good deal|mr men
    m bricolage|mrs doubtfire|mrs meyer's|mrs fields|mrs butterworth|ms office|ms word|ms excel|ms teams|ms paint|naf naf|nicolas feuillatte|nina ricci|noah's ark|olivier desforges|oliver bonas|olivia burton
    oscar health|papa john's|papa johns|papa murphy's|paris hilton|patrick roger|paul mitchell|paul smith|paul bakery|paula's choice|peter pan|peter jones|peter rabbit|peter thomas roth|peter christian|philip morris|philippe starck|pierre & vacances|pierre et vacances|pierre cardin|pierre fabre|pierre hermé|pierre herme
    pierre martinet|priscilla paris|ralph lauren|ray ban|ray-ban|reine des neiges|rené furterer|rene furterer|robert half|robert mondavi|roland garros|roger vivier|romain gary|ruth chris|ruth's chris|sainte maure|sally beauty|sally hansen
    sam's club|sams club|samuel adams|sara lee|serge blanco|stella artois|stella mccartney|simon & schuster|simply be|sir francis drake|sophie la girafe|steve jobs|steve madden|steve wozniak|stephane plaza|stéphane plaza|stéphane christian|taylor swift|ted baker|thomas cook|thomas sabo
    thomas the tank engine|thomas jefferson|tim cook|tim hortons|tim hortons'|tommy hilfiger|tommy bahama|tom ford|tom tailor|tony chocolonely|tony's chocolonely|tony's|tory burch|trader joe's|trader joes|uncle ben's|uncle bens|uncle ben|vera bradley|vera wang|vera wang
    victor hugo|victoria's secret|victorias secret|victoria secret|viktor & rolf|vincent van gogh|vivienne westwood|walt disney|warren buffett|william hill|william sonoma|williams sonoma|xavier niel|yves rocher|yves saint laurent|zadig & voltaire|zadig et voltaire
    alain afflelou|alain ducasse|alain delon|alain figaret|albert heijn|alexander mcqueen|alexander wang|alex & ani|alice in wonderland|amy's kitchen|amy winehouse|andré chaussures|anna sui|anne fontaine|ann taylor|ann summers|annie sloan|annie's|anthony vincent|arnold clark|arthur bonnet|aston martin|august vapes|barack obama|bernard arnault
    bill gates|billy joel|bob evans|bob marley|bonnie & clyde|brett eldredge|brice|bruno mars|bruno saint hilaire|bud light|celine dion|céline dion|sam altman|satya nadella|sundar pichai|emmanuel macron|joe biden|nicolas sarkozy|françois hollande|marie quantier|charlie hebdo|charlie brown
    charlie bigham's|clarence house|claude monet|claudie pierlot|coach carter|cyril lignac|daniel hechter|dave & buster's|dave and buster's|dave ramsey|duncan hines|edgar allan poe|edward jones|gordon ramsay|philippe etchebest|famous dave's|fanny farmer|florence nightingale|frankie & benny's|frankie and benny's|fred olsen|gordon food|graham norton|gary vaynerchuk|hannah montana|harriet carter|helen of troy|henry schein|henry ford|ingrid millet|ivan rebroff
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Lower case, several words (or a possessive), at least one of which looks like a person's; titles without their point."""

NO_NAMES = frozenset(
    """
    a again all also amazing an and another any anyone are as at awesome bad be because best better but by can can't could customer customers day did do does don't each either end even every everybody everyone everything excellent fast
    first for friend friends from fuck gang get go god good goodbye goodness great guys had happy has have he hello help her here hey hi his home hope how however i i'm i've if i'd i'll ill im in is it it's its it’s jesus job just ladies lady last
    let like lol lord lots love ma'am maam madam make man many max me men miss more most much my need never new next nice no none not nothing now of oh ok okay on once one only or other our out over overall people perfect phone please quick quite really recommend regards right same see service
    she should simply since sir sirs so some someone sorry staff still such super support team thank thanks that that's the their them then there these they this those though to today tomorrow too top tried two under until up us very was we well were what when where which while who why will wish with within wonderful would
    xmas xx yes yesterday you your y'all yall
    à a absolument accueil afin ah ai ailleurs ainsi alors apres après assez au aucun aucune aujourd'hui aussi autre aux avant avec avis avoir beaucoup bien bienvenue bon bonjour bonne bonsoir bravo c'est ça car ce cela celle celui certains ces cet cette chaque cher chère chers chez client cliente clients combien comme comment commande conseil conclusion cordialement
    coucou d'abord dans de déçu déçue depuis dernier des deux dès dieu direct directeur directrice donc dommage du efficace elle elles en encore enfin ensuite entre équipe est et étant eux excellent excellente expérience expert extra facile faire fin gentil grâce grand grande gros heureusement hier hôtel hôtesse ici il ils j'ai jamais je jeune joli jour juste
    l'accueil l'équipe l'ensemble l'hôtel l'agence l'agent la là le les leur leurs livraison lors lui ma madame mademoiselle magasin mais mal malgré malheureusement me même merci mes messieurs mesdames moi moins mon monsieur n'hésitez ne ni non nos notre nous noël on or ou où oui par parce parfait parfaite parfois pas passez pendant personne personnel peu plus point
    pour pourquoi première premier prix problème produit professionnel puis qu'est quand quant que quel quelle quelques qui quoi rapide rapport ras rdv rien sa salut sans sauf se service seul ses si sinon site société son sont sous suite suis super sur ta tant te tel tellement ton tous tout toute toutes très trop tu un une vendeur vendeuse
    venez vite voici voilà voir vos votre vous vraiment y mr mrs ms mme mlle m dr monsieur madame prof president président maire docteur professeur conseiller conseillère
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december christmas easter
    lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars avril mai juin juillet août septembre octobre novembre décembre pâques
    france paris london uk usa us america europe england english french français française anglais american british canada india china japan germany spain italy lyon marseille toulouse nice nantes lille bordeaux
    supervisor advisor adviser representative technician conseiller responsable ceo sav wifi covid covid-19 pdg internet app application web gps tv pc crm csm hr it ai ia sms ssd usb vip vat tva ok rip pr
    folks jan challenge shout kudos covid-19 doctor nurse agent advisor manager employee director officer captain sergeant
    """.split()
)
"""Lower case; never taken for a name, whatever stands before."""

_PLAIN = str.maketrans("àâäçéèêëîïôöùûüÿ", "aaaceeeeiioouuuy")


def is_brand(word: str) -> bool:
    """Return whether *word* (lower case) is a brand's name, with its accents or without."""
    return word in BRANDS or word.translate(_PLAIN) in BRANDS
