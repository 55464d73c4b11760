package orchestrator

// commonWords are ordinary English words that stand at the beginning of sentences,
// in headings and in labels. A word that is missing does no harm by itself: only
// two in a row look like a name.
var commonWords = wordSet(`
a about above according account accounts across action active add added address addresses after again against age ago agent agents all almost
already also although always am amount amounts an and another any anyone anything apart apologies app apple apply april are area around arrival arrive
as ask asked at august available average away
back bag balance bank base based basic be because been before begin below best better between big bill billing black blue body book booking both box
brand brown business but buy by
call calls can cancel cancelled card cards care carrier carriers case cash cat category center central centre certain change changed changes charge
charges chat check choice choose city class clear close closed cloud code codes collect color colour come comes common company complaint complete condition
confirm contact copy correct cost could count country coupon course cover create credit crew currency current customer customers cyber
daily data date dates day days deal dear debit december default delay delivered deliver deliveries delivery department desk detail details device did different digital direct
discount dispatch do document does done double down download draft due during duty
each early easter easy eight either eleven else email emails empty end ended entry error estimate estimated etc even event every everyone everything exact example
except exchange expected expected express extra
failed fair faq far fast fax fax february fee fees few file final find fine first five fix fixed flat flight floor follow following food for form found four free
friday from front full further
general gift give given go goes gold gone good goods got great greetings green grey group guest guide
had half happy has hat have having he head hello help helpdesk her here hers hey hi high him his history hold holiday home hope hot hotel hour hours house
how however hub
i id idea if important in inbox include included inc info inside instead insurance into invoice invoices is issue issued it item items its itself
january job join july june just
keep kept key kind know known
label language large last late later latest leave left legal less let letter level life like limit limited line lines link list listed little live local
location log login long look lost lot low loyalty ltd
made mail main make many map march mark master may maybe me mean means meanwhile meet member members membership merry message messages method methods might mine minute minutes
mobile model monday money month months more morning most mr much must my
name names near nearly need network never new news newsletter next nice night nine no nobody none nor normal north not note notes nothing notice november now number numbers
october of off offer offers office official often ok okay old on once one ones online only open option options or order ordered orders original other others our ours out over
overnight overview own owner
pack package packages page paid parcel parcels park part party pass password past pay payment payments pending people per person personal phone pickup pick piece pieces place placed
plan plans play please plus point points policy possible post postal posted premium present price prices print priority privacy problem process product products profile program project
promo proof public purchase put
quantity question questions quick quite
ran rate rather reach read ready real reason receipt received recent record red reference refund refunds regard regards register regular related remaining remember reminder remove rental repair reply
report request requested required reservation reset rest result results return returned returns review right room route rules run
safe said saint sale sales same saturday save saved say says score search season seat second section secure security see seem seen select self sell send sender sent september serial service
services set settings seven several shall she shelf ship shipment shipments shipped shipping shop shopping short should show side sign silver simple since single site six size small so social
sold some someone something soon sorry sort source south special specific spring staff standard start started state statement status stay step steps still stock stop store stored street style
subject subscription subtotal success such sum summary summer sunday super supplier support sure surname switch system
table take taken tax taxes team tech tel ten term terms test text than thank thanks that the their them then there these they thing things think third this those though three through thursday ticket
tickets tier time times tip title to today together token told tomorrow tonight too took top total totals track tracked tracking trade transaction transfer transit travel trip true try tuesday twelve
twenty two type
unable under understood unfortunately unit united units unknown unless until up update updated updates upon upper us use used user username using usual
valid value van various vat version very via view visa visit voucher
wait waiting want warehouse warm warning warranty was way we web website wednesday week weekend weeks welcome well went were west what whatever when where whether which while white who whole whom whose why
will window winter wish with within without work working world would write wrong
year able absolutely accept accepted access activity actual adult air allow allowed alternative am-pm annual answer apartment appointment attention aware battery bed bedroom
believe bike bill birthday boat bottom break breakfast bring broken bus cabin cake came car catalog catalogue chair charger child children christmas coat coffee cold colleague com come comfort
confirmation connect connection contract conversation cookie cookies corner cup cut dark dashboard deadline department departure deposit destination dinner doctor dog dollar door dress drink drive
drop eat edit effort enjoy enough excellent exit explore eye family fan feedback feel field fill fit folder forgot forward freight fresh friend friends fun game garden gate generic glad glass go
goodbye grand group hand handle happened hard hardware hate hear heavy height hint hit hot human hundred ice image immediate income index initial inn inner input inquiry interest internal
internet jacket keyboard king kitchen lady lamp laptop large lead learn least leather length library light loan lock long loss luggage lunch luck machine madam magazine maintenance major
manager manual market matter maximum meal medium meeting menu metal middle miles minimum miss mode moment mother motor mountain mouse move movie mug music nature needed nice notification object oil
older organic outside oven paper parent partial parts passenger passport path peak pen period permanent pet photo physical picture pin pink plain plane plant plastic plate platform police pool poor
portal potential power powered practice preference preferences preferred presentation press previous pro producer professional proper property provide provider purple queen queue rain range rating ratings
reach receive receiver red refer refill refurbished regarding region regret reject rejected release reliable remote renew renewal rent replace replacement request rescheduled residential resolve respect respond response
restaurant retail retry ride ring river road robot rough round sad sample sand scan schedule scheduled school scope screen script sea seasons seats serve server session shape share sheet shirt shoes
shower sick sir size skin sleep slow smart smooth snow sock software solid solution song sound space spare speak speaker speed spend sport square stage stand stars station stone storage story strong
student studio suggested suitcase suite sun sunny surprise sweet swim tablet tag talk tall tap task taxi tea teacher telephone tent terminal theme thick thin thousand thumbs tight
tiny tire tool topic touch tour towel town toy traffic train travel treatment trial truck tv ultra under union upgrade upload url urgent user vehicle verify version video visit voice volume vote
walk wall wallet wash watch water wave wear weather web wedding weight wheel wide wi-fi wifi wild wind wine wire wireless woman women wonderful wood wooden wool word words worker workshop world worry worth
writing yard years yellow yes yesterday yet you your yours yourself zero zip zone
`)
