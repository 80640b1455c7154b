r"""The words by which `harness.corpus.infer` knows a page's parts: of class names and ids, of visible headings, of short texts.

Class names are English nearly everywhere, whatever the page's language. Visible words are not, so their lists stay short, hold only what
is unmistakable, and have a line a language: English, German, French, Spanish and Portuguese, Italian, then others. Alternatives are
regular expressions, parted by blanks in the first three tables, by line ends and `|` in the others. Order counts: the first label that
matches is taken. The words were collected from the markup of public news pages (AEB's), not from the pages that rules are measured on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


class Table:
    """Labels in order, each with a regular expression of its words."""

    def __init__(self, rows: Mapping[str, str], frame: str) -> None:
        self.rows = [(label, re.compile(frame.format(words), re.IGNORECASE)) for label, words in rows.items()]
        # Most names say nothing: one look for any word at all is several times faster than one a label.
        self._any = re.compile(frame.format("|".join(rows.values())), re.IGNORECASE)

    def find(self, names: str) -> str:
        """Return the first label one of whose words occurs in `names`, '' if none does."""
        return next(label for label, words in self.rows if words.search(names)) if self._any.search(names) else ""

    def open(self, text: str) -> tuple[str, int]:
        """Return the first label with whose words `text` begins, and where they end; ('', 0) if there is none."""
        if self._any.match(text):
            for label, words in self.rows:
                if found := words.match(text):
                    return label, found.end()
        return "", 0


def spelled(names: str) -> str:
    """Return names with a hyphen before every word: `relatedPosts_item2 box` becomes `-related-posts-item- -box`."""
    return "-" + " -".join(_JOINT.sub("-", _CAMEL.sub("-", names)).lower().split())


_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINT = re.compile(r"[_.:/\d-]+")


def _names(rows: Mapping[str, str]) -> Table:
    """Whole words of spelled names, parted by blanks."""
    return Table({label: "|".join(words.split()) for label, words in rows.items()}, r"-(?:{})(?![a-z])")


def _phrases(rows: Mapping[str, str]) -> Table:
    """Beginnings of a text, parted by line ends or |."""
    return Table({label: "|".join(line.strip() for line in words.strip().splitlines()) for label, words in rows.items()}, r"\s*(?:{})")


# They keep a name's word to its beginning or end, where it is too common inside others (`item-topic-science` lists no topics).
_FIRST = r"(?<![a-z]-)"
_LAST = r"(?!-[a-z])"

# Words of classes, ids, roles. \w* takes in compounds without a hyphen (sharebar).
NAMES = _names({
    "x-cookie": r"cookie\w* consent gdpr gprd ccpa cmp cmpbox onetrust didomi usercentrics truste privacy-(?:banner|notice|bar|popup)",
    "x-paywall": r"""
        paywall\w* reg-?wall meter(?:ed|ing)? tp-(?:modal|container|backdrop) piano
        (?:subscription|subscribe|premium)-(?:offer|box|wall|promo|banner|cta|modal)""",
    "x-newsletter": r"""
        newsletter\w* mailchimp mc-(?:embed|form|field)\w* mail(?:ing)?-?list opt-?in subscri\w+ sign-?up(?:-(?:form|box|unit|module))?
        (?:e-?)?mail-(?:signup|sign-up|subscri\w+|form|alerts?)""",
    "x-app": "app-?(?:store|banner|download|promo|links?|badges?) smart-?(?:app-?)?banner google-?play (?:download|get|open-in)-app",
    "x-comments": r"""
        comment(?!ary|ator)\w* disqus respond reply replies livefyre viafoura coral spot-im gravatar discussion guestbook""",
    "x-share": r"""
        shar(?:e|es|ed|ing|er|ers) share(?:bar|box|tools?|this|daddy|aholic|buttons?) social\w* addthis\w* at-?share\w* addtoany a-a-kit
        essb ssba tweet retweet facebook fb-(?:like|share|root) twitter linkedin pinterest whatsapp follow(?:-?us|-buttons?)? sns snsbox
        likes?-?(?:button|box|count) print-?(?:button|link) email-(?:link|button|this|article)""",
    "x-sponsored": r"""
        sponsor\w* promoted advertorial native-?ads? partner-?(?:content|links?|stories) paid-?(?:content|post|promotion)
        brand(?:ed)?-content""",
    "x-affiliate": r"""
        affiliate-?(?:links?|disclaimer|disclosure|box|button|widget) buy-?(?:now|button|box|links?) shop-(?:now|box|links?)
        price-(?:box|widget|comparison|table) product-(?:box|widget|offer|card|link)""",
    "x-ad": rf"""
        ads? {_FIRST}adv{_LAST} adverts? advert(?:ising|isements?|isment|orial)\w* adsbygoogle dfp gpt mpu skyscraper
        ad-?(?:slot|unit|box|container|wrap|wrapper|block|label|zone|space|holder|banner|sense)
        banner-?(?:ad|ads|top|bottom|wrapper) werbung anzeigen? publicidad\w* publicite pubblicita reklam\w*""",
    "x-breadcrumb": r"bread-?crumbs?\w* crumbs? you-are-here ariadne",
    "x-search": r"search\w* suche recherche buscador",
    "x-toc": r"""
        toc table-of-contents? tableofcontents ez-toc\w* jump-?(?:to|links?|list) in-this-(?:article|story)
        contents-list article-index""",
    "x-trending": r"""
        trending\w* trends? most-?(?:read|popular|viewed|commented|shared|discussed|watched|emailed)\w* popular\w* buzzing ranking
        top-?(?:ten|read|viewed) hot-(?:news|topics|posts|stories|now) whats-hot best-?of bestseller\w* meistgelesen\w*""",
    "x-related": r"""
        related\w* recommend\w* recirc\w* similar\w* see-?also read-?more read-(?:next|also) up-?next further-reading story-package
        next-(?:up|story|article|post) more-(?:on|from|about|like|in|stories-on) (?:may|might)-(?:also-)?like also-(?:read|like|on|in)
        yarpp\w* crp""",
    "x-unrelated": r"""
        taboola\w* outbrain\w* ob-(?:widget|smartfeed) zergnet revcontent mgid plista ligatus dianomi content-ad chum\w* dont-miss must-read
        around-the-web from-(?:the-)?web latest\w* recent(?:-?(?:posts?|news|articles?|stories|entries|comments))? river blogroll
        (?:more|other|top|breaking|last|new|newest|editors?)-?(?:news|stories|articles|posts|headlines|videos|picks?|choice)
        teasers? promos? carousel\w* featured(?:-?(?:posts?|articles?|stories|content|news))? what-s-new headlines-list
        news-?(?:list|feed|ticker) feed-?(?:list|item)?s? (?:post|article)-?list""",
    "x-author": r"""
        (?:about|more-from)-(?:the-)?authors? about-me bio(?:graphy)? contributor-(?:bio|info) abh-\w+ saboxplugin\w*
        authors?-?(?:avatar|box|bio|biography|info|card|profile|desc|description|about|area|block|details?|panel|widget|text|summary|vcard)""",
    "x-tags": rf"""
        {_FIRST}(?:tags?|topics?|keywords?|labels){_LAST} tag-?(?:list|links|cloud|box|container|item) tagged tagcloud topics?-(?:list|tags)
        (?:post|article|entry|story|meta|content)-?(?:tags?|topics?|keywords|labels) hashtags? cat-links filed-under""",
    "x-widget": r"""
        weather\w* ticker stocks stock-?(?:quotes?|ticker|widget) polls? quiz ratings? star-rating review-score vote voting
        (?:video|audio|media)-?(?:player|controls?) player jw-?player vjs-?\w* countdown calendar horoscope scoreboard text-?size
        font-?(?:size|resizer) translat(?:e|or) listen readspeaker calculator currency""",
})  # fmt: skip

# The apparatus of the piece. Only near the body: a teaser's headline or date belongs to the teaser.
APPARATUS = _names({
    "credit": r"""
        (?:photo|image|picture|img|media|caption)-?(?:credits?|source|by|copyright|author|attribution) credits? photographer attribution
        copyright-?(?:holder|notice)? photo-?by""",
    "caption": r"""
        (?:\w+-)?caption\w* \w+caption wp-caption-text cutline legende? figure
        (?:photo|image|img|picture)-?(?:text|desc|description|title|legend)""",
    "pull": "pull-?quotes? pulled-quote quote-(?:callout|highlight)",
    "note": "corrections? editors?-?notes? clarification disclaimer (?:article|update|source)-note",
    "date": r"""
        dates? datetime time time-?stamp pub-?date publish\w* publication posted-?(?:on|date|at)? updated? modified datum fecha data-hora
        (?:entry|post|article|story)-?(?:date|time) dateline dtreviewed read(?:ing)?-?time""",
    "byline": r"""
        by-?lines? authors? written-by writers? reporters? journalist contributors? creator posted-by vcard fn autor\w* redak\w+
        credit-line""",
    "kicker": r"""
        kickers? eyebrow overline overhead rubric\w* category flag supertitle channel section-(?:name|label|title|link)
        (?:article|post|entry|story)-(?:category|section|label|topic|rubric)""",
    "deck": r"""
        stand-?first deck dek sub-?(?:title|head|heading|headline|line) strap-?line lead(?:-text)? lede intro\w* excerpt summary abstract
        teaser-text description chapo vorspann entradilla bajada sommario""",
    "title": r"""
        headlines? title heading titulo
        (?:article|post|entry|story|page|main|news|single|content)-?(?:title|headline|heading)""",
})  # fmt: skip

# Where on the page, when nothing says what. A header of the piece itself is no header of the page.
REGIONS = _names({
    "piece": r"""
        (?:article|entry|post|story|content|single|news|blog|hero|page)-?(?:header|head|footer|foot|top|bottom|meta|info|nav)
        (?:headline|card|section|widget|panel|box|media|body)-?(?:header|head|footer|foot|top|bottom|meta|info|nav)""",
    "footer": r"""
        (?:\w+-)?footer\w* \w+footer foot bottom-?(?:bar|links|menu|nav) colophon copy-?right\w* site-?info imprint legal contentinfo
        disclaimer impressum""",
    "nav": r"""
        nav\w* (?:\w+-)?menu\w* \w+menu pagination pager paging page-?numbers? masthead mast top-?(?:bar|links|strip|nav) header\w*
        toolbar skip\w* log-?in\w* account user-?(?:bar|nav|menu) lang(?:uage)?s?-?(?:switch\w*|select\w*|menu|list|nav) hamburger
        off-?canvas drawer sitemap tabs dropdown sub-?nav banner logo branding site-(?:title|name|description) mega-?menu burger sections
        prev next previous""",
    "side": r"""
        side-?bar\w* aside rail (?:right|left)-?(?:col|column|rail|side) secondary complementary widget-area widgets? rhs sidecol""",
})  # fmt: skip

# What a list's heading begins with.
HEADINGS = _phrases({
    "x-trending": r"""
        most (?:read|popular|viewed|shared|commented|watched|discussed)|(?:now )?trending|what['’]s hot|hot (?:topics|now|right now)
        popular(?: (?:posts?|articles?|stories|now|news|this week|on))?|top (?:read|10|ten)
        (?:am )?meist(?:en)?[ -]?gelesen|beliebt
        (?:les )?(?:plus|\+) (?:lus|populaires|vus|commentés)
        (?:l[oa]s? )?más (?:leíd|vist|popular|comentad)|(?:as )?mais (?:lid|vist|acessad|popular)
        (?:i |le )?più lett
        meest gelezen|mest lästa|najczęściej czytane|популярн|самое (?:читаемое|популярное|обсуждаемое)|الأكثر (?:قراءة|مشاهدة)
        热门|熱門|排行|人気|(?:アクセス)?ランキング""",
    "x-related": r"""
        related\b|you (?:may|might|could) (?:also )?(?:like|enjoy|be interested)|(?:also )?recommended|suggested|see also|further reading
        read (?:next|also|this next)|up next|next (?:story|article|post|up)|more (?:on|about|like)\b|similar (?:articles|stories|posts)
        (?:mehr )?zum thema|mehr (?:zu|zum|zur|über)\b|ähnliche\b|verwandte\b|(?:das )?könnte sie auch
        (?:(?:à|a) )?lire (?:aussi|également)|sur le même (?:sujet|thème)|articles (?:liés|similaires|connexes)|vous (?:aimerez|pourriez)
        (?:artículos |noticias |notícias |artigos )?relacionad|(?:te|le) puede interesar|(?:lee|lea|leer) también
        (?:leia|veja) (?:também|mais)
        leggi anche|potrebbe(?:ro)? interessarti|articoli correlati
        (?:lees|zie) ook|gerelateerd|läs (?:också|mer)|relaterat|(?:czytaj|zobacz) (?:także|też|również)
        (?:читайте|смотрите) также|(?:материалы )?по теме|похожие|(?:مواضيع|أخبار|مقالات) (?:ذات صلة|متعلقة)|اقرأ أيض|相关|相關|関連""",
    "x-sponsored": r"""
        sponsored\b|promoted\b|paid (?:content|post)|partner (?:content|offers|stories)|from our (?:partners|sponsors)
        gesponsert|contenu sponsorisé|contenido patrocinado""",
    "x-unrelated": r"""
        (?:the )?latest\b|recent (?:posts?|articles?|news|stories|entries|comments)|(?:from )?around the web|featured\b|must[ -]reads?
        more (?:news|stories|articles|posts|headlines|videos|from|in)\b|top (?:stories|news|headlines|posts|articles|videos)
        (?:other|breaking) (?:news|stories|articles)|editor['’]?s['’]? (?:picks?|choice)|don['’]t miss|in (?:other news|case you missed)
        (?:weitere|neueste|aktuelle) (?:artikel|meldungen|nachrichten|themen|beiträge|news)
        (?:les |nos )?derni(?:ers|ères) (?:articles|actualités|actus|infos)
        últim[oa]s (?:noticias|notícias|entradas|artículos)|(?:más|mais) not[ií]cias
        ultime (?:notizie|news)|altri articoli
        laatste nieuws|senaste nytt|najnowsze|последние (?:новости|записи)|(?:другие )?новости|آخر الأخبار|最新|新着""",
    "x-comments": r"""
        \d*\s*comments?\b(?! and\b)|(?:leave|post|add|write) (?:a |your )?(?:comment|reply|response)|join the (?:conversation|discussion)
        \d+ (?:responses?|thoughts?|replies)\b|no comments|discussion|what do you think|reader comments
        \d*\s*(?:kommentare?|commentaires?|comentarios?|comentários?|commenti)\b|kommentar \w+|laisse[rz] un commentaire
        deja (?:un|tu) comentario|reacties|комментарии|оставить комментарий|评论|評論|コメント|(?:ال)?تعليقات""",
    "x-newsletter": r"""
        (?:our |the |daily |weekly )?newsletters?\b|sign up\b|subscribe (?:to|for|by|via|now|today)\b|subscribe$|join our (?:mailing|email)
        (?:get|receive) .*\b(?:inbox|e-?mail)|stay (?:informed|up to date|in the loop)
        zum newsletter|s['’]inscrire|suscríbete|inscreva-se|iscriviti|подпис\w+ на""",
    "x-author": r"""
        about (?:the )?(?:author|writer|me)\b|written by|author$
        über den autor|à propos de l['’]auteur|sobre (?:el|la|o|a) aut|об авторе""",
    "x-share": r"""
        share (?:this|on|via|the|article|story|post|link|with)\b|share:?$|sharing|spread the|follow (?:us|me)|connect with us
        teilen|partager|comparte|compartir|compartilh|condividi|delen|dela|udostępnij|поделиться|مشاركة|分享|シェア""",
    "x-tags": r"""
        tags?$|(?:related )?topics?$|tagged\b|filed under|(?:more on )?these topics|categories
        schlagw|themen$|mots[ -]clés|etiquetas|palavras-chave|теги|метки|标签|タグ|カテゴリー?""",
    "x-toc": r"""
        (?:table of )?contents$|in this (?:article|story|guide)|jump to|key (?:points|takeaways|moments|events)
        inhalt(?:sverzeichnis)?$|sommaire$|índice$|содержание$|目次""",
    "x-app": r"(?:download|get) (?:our|the) app|available on (?:the )?(?:app store|google play)",
})  # fmt: skip

# What a short block says of itself, from its first letter on.
PHRASES = _phrases({
    "x-ad": r"""
        (?:advertisement|advertising|ads?|story continues below(?: advertisement)?|continue reading (?:below|the main story)
        sponsored links?|anzeige|werbung|publicité|publicidade?|pubblicità|advertentie|annons|iklan|reklama?
        реклама|إعلان|广告|廣告|広告|スポンサー\w*)[\s:.–-]*$
        article continues (?:below|after)""",
    "x-sponsored": r"(?:sponsored|promoted|paid (?:post|content)|sponsored (?:by|content|post)\b.*)[\s:.–-]*$",
    "x-share": r"""
        (?:(?>(?:share|post|pin|save|email|tweet) (?:this|on|via|to|by|with|it)(?: \w+)?|\d[\d.,k]* (?:shares?|likes?|tweets?)|e-?mail
        print|facebook|twitter|linkedin|google\+?|whatsapp|pinterest|reddit|tumblr|telegram|messenger|flipboard|copy link|instagram
        youtube|rss|stumbleupon|digg|viber|vkontakte|vk|weibo|xing|pocket|sms|shares?|tweet|pin it|pin
        teilen|drucken|partager|imprimer|compartir|imprimir|поделиться)[\s:.,|/•·–-]*)+$""",
    "x-comments": r"""
        (?:\d[\d.,]*|no|leave a|add a|post a|view|show|view all|show all|read|see)(?: \d+)? (?:comments?|repl(?:y|ies)|responses?)\b
        (?:comments?|reply|respond|kommentare?|commentaires?|comentarios?|комментарии)(?: ?\(?\d*\)?)?$|log in to (?:reply|comment)
        (?:you must be|please) (?:logged|log|sign)\w*.* to (?:post|comment|reply)""",
    "x-cookie": r".{0,80}\b(?:uses?|using) (?:of )?cookies\b|.{0,60}\bcookie (?:policy|settings|preferences)$|accept (?:all )?cookies",
    "x-paywall": r"""
        already (?:a|an) (?:subscriber|member)|subscribe (?:now |today )?(?:to|and) (?:continue|read|keep)|to (?:continue|keep) reading
        (?:to )?read the full (?:story|article)|subscribers? only|start your (?:free )?trial|become a (?:member|subscriber)
        jetzt abonnieren|réservé aux abonnés|suscríbete para|já é assinante|только для подписчиков""",
    "x-app": r"(?:download|get) (?:our|the|\w+) app\b|(?:available|get it|download) (?:on|from) (?:the )?(?:app store|google play)",
    "x-footer": r"""
        copyright\b|©|\(c\) ?\d{4}|powered by\b|(?:privacy policy|terms (?:of (?:use|service)|(?:and|&) conditions)|contact us|about us)$
        .{0,120}\ball rights reserved\b|.{0,60}(?:alle rechte vorbehalten|tous droits réservés|(?:todos os|todos los) (?:direitos|derechos)
        tutti i diritti riservati|все права защищены|版权所有)|(?:impressum|datenschutz|mentions légales|aviso legal)$""",
    "x-nav": r"""
        (?:skip|jump) to\b|(?:home|menu|log ?in|sign ?in|register|log ?out|my account|subscribe|back to top|sections|close|navigation
        toggle navigation|previous|next|prev|older posts?|newer posts?
        [«‹←<]+ ?.{0,12}|.{0,12}[»›→>]+)$|(?:load|see|view|show) (?:more|all)$""",
    "x-breadcrumb": r"you are here|(?:home|startseite)\s*[>»›/|→]",
    "x-tags": r"""
        (?:tags?|tagged(?: (?:with|as))?|topics?|filed (?:under|in)|posted in|categor(?:y|ies)|keywords?|labels?
        schlagworte?|mots[ -]clés|etiquetas|теги|метки)\s*:""",
    "x-see-also": r"""
        (?:read (?:more|also|next)|also read|see also|related|more|watch|don['’]t miss|lesen sie auch|(?:à )?lire aussi
        (?:lea|lee|leia|veja) (?:también|además|também|mais)|leggi anche|lees ook|läs också|читайте также|اقرأ أيضا)\s*(?:[:|>»-]|$)""",
    "note": r"""
        [(\[—–-]*\s*(?:(?:additional )?reporting by|edited by|editing by|editor['’]s note|corrections?:|update:)
        this (?:story|article|post|piece|report) (?:was|has been|is) (?:updated|corrected|amended|originally|first)
        (?:korrektur|correction|corrección|correção|errata|anmerkung der redaktion|note de la rédaction|nota del editor|от редакции)\b""",
    "credit": r"""
        (?:photo|image|picture|photograph|(?:photo |image )?credit|source|foto|bild|crédit(?: photo)?|imagen|фото)s?(?: by)?\s*[:/]
        (?:photo|image|photograph|foto) (?:by|courtesy)\b|(?:getty|reuters|afp|ap photo|shutterstock|istock)\b.{0,30}$""",
    "date": r"""
        (?:(?:published|(?:last )?(?:updated|modified)|posted(?: on)?|created|date|first published|am|le|publié|mis à jour|publicado
        actualizado|veröffentlicht|aktualisiert|stand|опубликовано|on)\b[\s:,]*)*(?:\w{2,10}[.,]* ){0,2}(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}
        \d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日|(?:19|20)\d\d\b|\d+ (?:minute|min|hour|day|week|month|year)s? ago
        (?:\d{1,2}(?:st|nd|rd|th|\.)?(?: de)? )?[^\W\d]{3,10}\.?(?: de)?,? (?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d\b
        \d+ min(?:ute)?s?[ -]read|\d{1,2}\.? [^\W\d]{3,10},? \d{1,2}[:.h]\d\d).{0,40}$""",
    "byline": r"(?:(?:written |posted |reported |story |words )?by|von|par|por|autore?|author|di|автор|от)\b:? (?=.{2,70}$)",
})  # fmt: skip
