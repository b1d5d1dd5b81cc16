"""Mail domains that belong to nobody's company: free mail, providers, throw-away, education."""

_FREE_MAIL = """
aol.com aol.de aim.com gmail.com googlemail.com hotmail.com hotmail.co.uk
hotmail.de hotmail.fr hotmail.it hotmail.es live.com live.de live.fr live.co.uk live.nl msn.com
outlook.com outlook.de outlook.fr outlook.es passport.com icloud.com me.com mac.com yahoo.com
yahoo.co.uk yahoo.co.in yahoo.co.jp yahoo.ca yahoo.de yahoo.fr yahoo.it yahoo.es yahoo.com.br
ymail.com rocketmail.com proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de
tuta.com tuta.io posteo.de posteo.net posteo.at mailbox.org fastmail.com fastmail.fm hey.com
zoho.com zohomail.com zohomail.eu mail.com email.com gmx.de gmx.net gmx.com gmx.at gmx.ch gmx.info
web.de freenet.de mail.de email.de emailn.de firemail.de eclipso.de eclipso.eu vodafonemail.de
mail.ru inbox.ru list.ru bk.ru yandex.ru yandex.com ya.ru rambler.ru qq.com foxmail.com 163.com
126.com yeah.net sina.com sina.cn sohu.com aliyun.com naver.com hanmail.net daum.net nate.com
rediffmail.com libero.it virgilio.it tiscali.it alice.it tin.it laposte.net orange.fr wanadoo.fr
free.fr sfr.fr neuf.fr bbox.fr numericable.fr seznam.cz email.cz centrum.cz post.cz atlas.cz
wp.pl o2.pl onet.pl onet.eu interia.pl interia.eu gazeta.pl op.pl poczta.fm abv.bg mail.bg
uol.com.br bol.com.br terra.com.br ig.com.br globo.com hushmail.com runbox.com inbox.lv
mailfence.com disroot.org riseup.net startmail.com countermail.com kolabnow.com hispavista.com
terra.es ya.com telefonica.net ukr.net i.ua bigmir.net meta.ua freemail.hu citromail.hu indamail.hu
azet.sk zoznam.sk centrum.sk mail.ee hot.ee delfi.lt inbox.lt walla.co.il excite.com lycos.com
usa.com juno.com netzero.net europe.com mail.dk jubii.dk sapo.pt clix.pt iol.pt duck.com
relay.firefox.com privaterelay.appleid.com simplelogin.com anonaddy.com addy.io
"""
_PROVIDERS = """
t-online.de t-online.com telekom.de magenta.de arcor.de arcor-online.de alice-dsl.net alice.de
kabelmail.de unitybox.de unity-mail.de ewetel.net ewe.net netcologne.de osnanet.de versanet.de
versatel.de htp-tel.de kabelbw.de o2online.de o2mail.de 1und1.de online.de aon.at chello.at
a1.net utanet.at inode.at bluewin.ch sunrise.ch hispeed.ch swisscom.com bluemail.ch vtxmail.ch
comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
optonline.net optimum.net roadrunner.com rr.com windstream.net frontier.com centurylink.net
embarqmail.com q.com mindspring.com shaw.ca rogers.com telus.net sympatico.ca videotron.ca
btinternet.com btopenworld.com virginmedia.com ntlworld.com blueyonder.co.uk talktalk.net sky.com
tiscali.co.uk o2.co.uk plus.net eircom.net xs4all.nl ziggo.nl kpnmail.nl planet.nl home.nl hetnet.nl
upcmail.nl casema.nl telenet.be skynet.be proximus.be scarlet.be voo.be telia.com bredband.net
comhem.se spray.se online.no broadpark.no telenor.no tele2.se tdcadsl.dk stofanet.dk kolumbus.fi
elisanet.fi saunalahti.fi luukku.com pp.inet.fi bigpond.com bigpond.net.au optusnet.com.au
iinet.net.au tpg.com.au internode.on.net xtra.co.nz clear.net.nz vodafone.it fastwebnet.it teletu.it
"""
_THROW_AWAY = """
mailinator.com guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.de
sharklasers.com grr.la 10minutemail.com 10minutemail.net tempmail.com temp-mail.org temp-mail.io
tempmail.net tempmailo.com throwawaymail.com trashmail.com trashmail.de trashmail.net trash-mail.com
wegwerfmail.de wegwerfmail.net wegwerfemail.de einrot.com spambog.com spambog.de spamgourmet.com
yopmail.com yopmail.fr yopmail.net maildrop.cc mailnesia.com mailcatch.com getnada.com nada.email
dispostable.com fakeinbox.com mintemail.com mytemp.email moakt.com emailondeck.com burnermail.io
discard.email discardmail.com discardmail.de byom.de muellmail.com sofort-mail.de spam4.me
mohmal.com tempr.email tmpmail.org tmpmail.net inboxkitten.com mailsac.com 33mail.com
harakirimail.com """
# Schools and universities: everything below these suffixes, and what begins like these.
_EDUCATION_SUFFIXES = frozenset(("edu", "ac", "sch"))
_EDUCATION_BEGINNINGS = ("uni-", "tu-", "th-", "fh-", "hs-", "stud-", "student.", "studium.")

PUBLIC_DOMAINS: frozenset[str] = frozenset((_FREE_MAIL + _PROVIDERS + _THROW_AWAY).split())


def is_education(domain: str) -> bool:
    """Tell whether a registrable domain belongs to a school or university by how it is written.

    >>> [is_education(one) for one in ("mit.edu", "ox.ac.uk", "uni-kiel.de", "acme.example")]
    [True, True, True, False]
    """
    name, _, suffix = domain.partition(".")
    below = suffix.partition(".")[0] in _EDUCATION_SUFFIXES
    return below or f"{name}.".startswith(_EDUCATION_BEGINNINGS)
