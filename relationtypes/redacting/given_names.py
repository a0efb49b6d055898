"""Common given names of English and French speakers, and a few surnames: lower case, gathered by hand.

Names that are as often a word, a place or a brand stand in :data:`AMBIGUOUS`; they need a sign beside them.
"""

from __future__ import annotations

GIVEN = frozenset(
    """
    aaron abdel abdul abdou abigail adam adele adèle adeline adil adrian adrien adrienne agathe agnes agnès ahmed aicha aïcha aidan aisha alain alan albane albert alejandro
    aleksandr alessandro alessia alex alexander alexandra alexandre alexia alexis alfred ali alicia alina aline alison alisha alissa allison aloïs alyssa amanda amandine ambre amel amelia amélie amelie amina amine amir amit amy ana anais anaïs anastasia
    andre andré andrea andreas andrew andy angela angélique angelique angie anil anissa anita anjali ann anna annabelle anne annette annick annie anouk anthony antoine antoinette antonio antony anusha apolline ariane arianna arielle arjun arlette armand armelle arnaud arthur
    arun ashish ashley ashleigh ashok assia astrid aubrey audrey augustin aurélia aurélie aurelie aurélien aurelien aurore axel axelle aya ayesha ayoub aziz baptiste barbara barry bastien béatrice beatrice bechir ben benedicte bénédicte benjamin benoit benoît bernadette
    bernard bertrand beth bethany betty beverly bilal bob bobby brad bradley brandon brenda brendan brent brett brian brianna bridget brigitte britney brittany bruce bruno bryan byron caitlin cameron camilla camille candice candy cara carl carla carlos carmen carol carole carolina caroline caroll
    carolyn carrie casey cassandra catherine cathy cecile cécile cecilia cédric cedric celia célia celine céline cesar chantal charlene charlène charles charlie charlotte cheryl chiara chloe chloé chris christelle christina christine christophe christopher christy chrystelle cindy claire-marie clara clarisse
    claudette claudia claudine clement clémentine cody colette colin colleen connor conor coralie corentin corey corinne courtney craig cristina curtis cyndi cynthia cyprien cyril cyrille damien dan daniel daniela danièle danielle danny daphné daphne darius darren dave david dawid deborah debbie debra deepak
    delphine denis denise dennis derek diane didier diego dimitri djamel djamila dmitri dominic dominique donald donna doris dorian doriane dorothée dorothy doug douglas duncan dylan eddie eddy edgar edith édith edmond édouard edouard eduardo edward edwige edwin eileen elaine eleanor elena éléonore eliane éliane elias elie élie élisa elisa élisabeth elisabeth
    élise elise elisha eliza elizabeth ella elliot elliott élodie elodie éloïse eloise elsa emeline émeline emilie émilie émile emile emilio emily emmanuel emmanuelle enzo eric éric erica erik erika erin ernest esteban estelle esther ethan étienne etienne eugene eugénie eva evan evans evelyn evelyne ewan fabian fabien
    fabienne fabio fabrice fadi fadila faisal fanny farah farid fatiha fatima fatma fatou faustine filipe federico félicie felicity felipe felix félix fernand fernando fiona flavie flora florent florian floriane florine francesca francesco francine francis francisco franck françois francois françoise francoise frankie fred freddy fréderic frédéric frederic frédérique
    frederick gabriel gabriela gabrielle gaël gael gaëlle gaelle gaetan gaëtan gail gareth gary gaspard gauthier gavin geneviève genevieve geoff geoffrey geoffroy georges georgina gerald gérald geraldine géraldine gerard gérard germain ghislain ghislaine giles gilbert gilles gillian gina ginette giovanni giulia gladys glenn gloria gordon graham greg gregoire
    grégoire gregory grégory guillaume gustave guylaine gwen gwenaëlle habib hadrien hakim hamid hamza hana hanna hannah hans harold harriet harrison harry harsh hasan hassan hayley heather hector heidi helen helena hélène helene henri henriette henry herve hervé hicham hilary hocine howard hubert hugh hugues humphrey hussein ian
    ibrahim ida idris ignacio igor ilona imane imen imran inaya ines inès ingrid irène irene isa isaac isabel isabella isabelle isaiah ishaan ismael ismaël ismail ivan jackie jacob jacqueline jacques jake jalil jamal james jamie jan jane janet janice janine jared jasmin jasmine jason javier jay jean-baptiste jean-charles jean-christophe
    jean-claude jean-françois jean-francois jean-jacques jean-louis jean-luc jean-marc jean-marie jean-michel jean-paul jean-philippe jean-pierre jean-yves jeanne jeannette jeannine jeff jeffrey jen jenna jennifer jenny jeremiah jeremie jérémie jeremy jérémy jerome jérôme jerry jess jessica jessie jill jim jimmy joan joanna joanne joaquin jocelyne jocelyn jodie joe joel joël
    joelle joëlle joey johan johann johanna john johnny jon jonas jonathan jorge josé jose josée joseph josephine joséphine josette josh joshua josiane josie josselin joyce juan juanita judith judy julia julian juliana julie julien julienne juliette julio julius justin justine kamal kamel kamila karen karim karima karin karine karl karthik kate katherine
    kathleen kathryn kathy katia katie katrina katy kavita kayla keith kelvin ken kenneth kenny kenza kerry kevin kévin khadija khaled khalid kieran killian kim kimberly kirsty kirsten kris krishna kristen kristin kristina kumar kyle kylie laetitia laëtitia laila lakshmi lamia lara larissa larry laszlo laura laurence laurent laurène lauriane laurie lauren lauryn lea léa leah leandro
    leila leïla lena léna leo-paul leonard léonard leonardo leonie léonie leslie leticia lilia lilian liliane lillian lily-rose lina linda lindsay lindsey lionel lisa lise liz lizzie loic loïc lois lola loren lorenzo lori lorie loris lou-anne louis louisa louise lubna luca lucas lucia lucie lucien lucienne lucille lucy ludivine ludovic
    luigi luis lukas luke lydie lyam lynda lynn lynne mackenzie maddie madeleine madeline mael maël maelle maëlle maeva maëva magali magalie mahmoud maïa maiwenn malcolm malek malika mallory mamadou manon manu manuel manuela marc marc-antoine marcel marcelle marcia marco marcos margaret margaux margot marguerite maria mariah mariam mariama mariana marianne marie marie-ange
    marie-anne marie-christine marie-claude marie-france marie-hélène marie-jeanne marie-laure marie-line marie-louise marie-noëlle marie-pierre marie-thérèse mariella marielle mariette marilyn marina mario marion marisa marissa marjorie marlène marlene martha martina martine marwa mary maryam maryline maryse mateo matéo mathéo mathias mathieu mathilde mathis mathurin matt matteo
    matthew matthias matthieu maude maureen maurice mauricio maxence maxime maximilien maya mckenzie meera meg megan mehdi mélanie melanie melina mélina mélissa melissa melvin meriem meryem mia micah michael michaël michaela michel michèle michele micheline michelle mickael mickaël miguel mike mikael mila miles mireille miriam mitch mohamed mohammad mohammed mohammad moïse
    molly monica monique mounir mourad moussa muhammad muriel murielle mustapha mylène myriam nabil nacer nadège nadege nadia nadine naël naima naïma najat nancy-ann naomi nasser natacha natalia natalie natasha nate nathalie nathan nathanael nathaniel nawal ned neha neil nelly nelson neil nicholas nick nicky nicola nicolas nicole nigel nikhil nikita nikki nina nisha noah noel noé noelle
    noémie noemie nolan nora norah norbert nordine noura nouria octave octavie odette odile oliver olivia olivier omar ophélie ophelie oriane osman oumar ousmane owen pablo paige pam pamela pascale pascaline pat-anne patrice patricia patrick patsy patty paula paulette pauline pawel pedro peggy penelope penny perrine peter petra phil philip philippe phillip phoebe piotr
    pooja pradeep prakash prashant pria priya priyanka quentin quinn rabia rachael rachel rachid rafael rahim rahul raja rajesh rajiv ralph ramesh ramon randy raoul raphaël raphael raphaëlle rashid ravi raymond raymonde rayan rebecca rebekah régine regis renaud rené rene renée reza rhonda ricardo richard rick ricky riley rita rob robbie robert roberto roberta robin rodney rodolphe
    rodrigo roger rohan rohit roland romain romane roméo ronald ronan ronnie rosalie rosanna roseline rosemary ross roxane roxanne ruben rudy russell ruth ryan saad sabine sabrina sacha sadia said saïd salim salima salma salomé sam samantha samia samir samira samuel sandeep sandra sandrine sanjay sara sarah sasha saul savannah scott sean sébastien sebastien sebastian séverine severine selena selma serena serge
    sergio seth shane shannon sharon shaun shawn sheila shelley sheryl shirley shreya sidonie sierra silvia simon simone sinead siobhan smail sofia sofiane solange solène solene sonia sonya sophia sophie soraya stacey stacy stan stanislas stanley stefan stefano stella-marie stephan stephane stéphane stephanie stéphanie stephen steve steven stewart stuart sudhir sue-ann sunil suresh
    susan susanna susie suzanne suzie sven svetlana swati sylvain sylvaine sylvia sylviane sylvie tamara tammy tania tanguy tania tanya tara tarek tariq tasha tatiana ted teddy terence teresa terri terry tess tessa théa theo théo theodore théodore théophile thérèse therese theresa thibaud thibault thibaut thierry thomas tiago tiffanie tim timothée timothy tina titouan toby todd tom tomas tommy tony
    tonya tracey tracy travis trevor tricia tristan troy tyler ulysse umar ursula usha valentin valentina valentine valérie valerie valeria vanessa vera-lynn vernon veronica véronique veronique vicki vicky victor victoire vijay vikram vinay vincent virginie vivek vivian viviane vivien vladimir wade wael wahid walter warren wassim wayne wendell wesley wilfried wilfrid william willy xavier yacine yann yannick
    yanis yasmin yasmina yasmine yassine yoann yohan yohann yolande youcef youssef yusuf yvan yves yvette yvon yvonne zach zachary zack zahra adebayo aditya agnieszka akash ananya anand amara aron arlene bennie brayan capucine charline chidi clotilde cyrielle deshawn djamael edna fahd femi flavien gaurav guadalupe harish hermine ifeoma isaure ivana jamel jeanine keisha kenji kofi kwame kylian katarzyna
    lakisha latoya lilou linh louane ludo maelys malik manish mildred milena minh mohand mukesh ngozi nitin nour oleg olena ophelia pankaj rakesh ramona rohini romuald rosalind rozenn sachin sergei shilpa siti sneha soizic solenne suman thanh tiphaine tomasz tyrone vikas vinod widad wilma wojciech yuki yuri zoubida zakaria zineb zoey zohra zubair
    abena abdoulaye adwoa aïssata aissatou aïssatou akua alasdair alistair alastair amadou amara ambroise aminata aminta anaëlle angus anneliese annika anouar aoife apolline archibald arwen assane assetou astou awa ayo azadeh bakary
    béranger bérengère berengere binta boubacar brigid bronwen bronwyn bryony cédrine ciara callum calum cillian clodagh colm cormac cosima cyprien dafydd damini danuta davina déborah declan deirdre demba diarmuid dimitri djibril donal dougal dounia driss duncan dylan
    eamon eamonn edmée edouard édouard efe eilidh ekaterina elif éloïse eloise emeka emre énora enora éric esra ewan fadila fanta farah farida faruk fatimata fatoumata félicie fenella fergus fionnuala fodé folake gaëtan geraint ghislain ghislaine gintaras
    giulia gráinne gulsen gwendal gwendoline hakim hamza hannelore haruka hassan hélène hermine hiroshi honorine huda hussein ibrahima idriss imane imran inaya ingrid ioana irina isla issa izabela jamila jarek jelena jeong jessie jibril joanne jocelyn jola josette josiane
    kadiatou kamila karima katarzyna kateryna kaveh keisha kenji kerry khadija khadidja kofi krzysztof lachlan lamine latifa leïla leila lemuel lionel llewellyn loubna lubna luc lucienne ludivine mads maëlle maelle maëva mahmoud mairead maja malika mamadou manuela marcela marek mariama
    mariam marilyne marwa mateusz matteo mélissandre meera mehmet melanie merve micheline milica moira mustafa nadezhda narjis nasrin nathanaël nawel ndeye neve niamh nikhil nikita nikolai nikolaï niall nils nkechi nuala oksana oisin oisín olumide oluwaseun omari oona oumou padraig padraic
    pape parisa parvati paulo petra philomène piotr polly poppy priscille quang radia rahima rajeev ranjit rania rasheed rémi remi renata reyhan rhiannon rhona rhys richard roisin róisín rokhaya rowena rupert ruta saoirse sanaa sanna sayed seamus sékou selim selma seun shabnam shanice
    shirin shona shreya sian siân sibylle simran siobhan siobhán slavica snezana soledad souad souleymane stanislaw sunita suzanna svenja tadhg takumi tamsin tancrède tariro tendai tereza thandiwe thierno tobias tomasz tunde uchenna ugo vanya vasile veena venkat vikki wanda wassim wiktor winifred
    xiaoming xavière yacine yannick yetunde yewande yoan younes youssouf yuki yukiko yuna zainab zanele zeinab zénaïde zeynep zhen zineb zofia zohra zoltan zuzana
    """.split()
)

AMBIGUOUS = frozenset(
    """
    carolina adama aimé al alan albertine alexa alice ally amber ambre andy ange angel angie angus poppy mei wei jun aria ariel art ash august austin autumn ava bella belle bill billy blake blanche bonnie brice brook brooke brooklyn caleb camille candy caroll carmen carter casey casper céleste chance chantal charlie charlotte chase chelsea cherry christian
    christine claire clarence claude clay clémence clément cliff clint clio cole colin constance cora cruz crystal daisy dakota dale dallas dana dany dawn dean dee denver desiree désiré destiny dick diamond dolores don drew duke earl eden ed elle ellie emma emmy esme eve faith fleur florence forest forrest france frances frank gala gene
    george georgia gemma ginger glen grace grant guy gilbert gus hank harmony harper hazel heath henri holly honey hope hugo hunter indira iris ivy jack jackson jade jasmine jasper jean jesse jesus jewel jo jordan joy jules june karen kay kelly kent kit kurt lane lea lee leo léo leon léon lila lilly lily lincoln lisa lorraine lou lourdes luc lucky luna lydia
    mac madison major mandy marcus margot marine mark marley martin matthew max maud may mégane megan melody mercedes mia mina minnie misty mona morgan myrtle nancy nell nick nicola noah noël océane olga olive oscar page paris parker pascal pat paul pearl perry phoenix pierre piper prudence ray reed regis régis reine rémi rémy rene rich
    robin rocky rod rolland roman romeo ron rosa rose rosie roy ruby rusty sable sally sandy sarah-line savannah scarlett scout serge sharon shell sid sidney sierra sky sol star stella sterling stormy sue summer sunny sydney taylor terry tiffany tom-tom tony trinity val valentine vera vic victoire victoria vince violet virginia wendy will stuart willow winter wren zoe zoé
    ana ann dan mila nova lina ida isa jan kim mike-d rob bob pam sam-sam eva milan io levi said rosemary miles mia jan rachid-al raja kumar lara ralph harris candice cesar julius apolline ella chiara
    """.split()
) - frozenset(
    "chantal christine karen jasmine lisa margot megan nick noah sharon terry tony serge kim rob bob pam dan candice andy angie alice camille".split()
)
"""Names that are also words, places, products or brands."""

TOWNS = frozenset(
    """
    austin brooklyn carolina charlotte chelsea dakota dallas denver florence georgia houston jackson jordan lincoln lorraine madison nancy orlando paris phoenix
    savannah sydney victoria virginia vienne lourdes
    """.split()
)
"""Names that are more often a place after "to" or "from"."""

SURE = GIVEN - AMBIGUOUS
"""Capitalised, these are persons until something speaks against it."""

GIVEN_NAMES = GIVEN | AMBIGUOUS

SURNAMES = frozenset(
    """
    adams allen anderson andrews bailey baker barnes bell bennett brooks brown bryant butler campbell carter clark collins cook cooper cox davies davis diaz edwards evans fisher fletcher foster garcia gomez gonzalez gray green griffin hall
    harris harrison henderson hernandez hill howard hughes hunt jackson jenkins johnson jones kelly khan king knight lee lewis lopez marshall martin martinez mason mcdonald miller mitchell moore morgan morris morrison murphy murray nguyen nelson owen palmer parker patel perez peterson
    phillips powell price ramirez reed reynolds richardson rivera roberts robertson robinson rodriguez rogers ross russell sanchez sanders scott shaw simmons simpson singh smith stevens stewart stone sullivan taylor thomas thompson torres turner walker walsh ward watson white williams williamson wilson wood wright young
    andré arnaud aubert barbier benoit bernard bertrand blanc blanchard bonnet boucher bouvier boyer breton brun brunet caron charpentier chevalier clement colin collet cousin david da silva deschamps diallo dubois dufour dumas dumont dupont dupuis dupuy durand duval fabre faure fernandes fernandez fleury fontaine fournier françois gaillard garnier gauthier
    gautier gérard germain gillet girard giraud grégoire guerin guérin guillaume guillot hamon henry hubert humbert jacob jacquet joly julien klein lambert lacroix laine lebrun leclercq lecomte lefebvre lefèvre legrand lemaire lemoine leroux leroy lucas mallet marchand marie marty masson mathieu mercier meunier meyer michel monnier moreau morel morin moulin muller
    nicolas noël olivier paris pelletier perrin perrot petit philippe picard pierre poirier prévost remy renard renaud richard rivière robert robin roche roger rolland rousseau roussel roux roy royer schmitt simon thomas traoré vasseur vidal vincent weber
    """.split()
)
"""Beside an ambiguous given name these settle it."""
