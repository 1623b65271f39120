"""The schemes of Apprise that are no pagers': chats, mail, push, text messages, webhooks, logs, lamps."""

from __future__ import annotations

NO_PAGERS = frozenset(
    """
    46elks amqp amqps apprise apprises aprs atalk azure bark barks blink1 bluesky brevo bsky bulksms bulkvs
    burstsms chanify clickatell clicksend cliq cm d7sms dapnet dbus deltachat deltachats dingtalk discord dot
    eight00com elks emby embys enigma2 enigma2s evolution evolutions exotel fcm feishu flock flowtriq flowtriqs
    fluxer fluxers form forms freemobile gchat gio github glib gnome gorush gorushs gotify gotifys groundmail
    groupme growl guilded gupshup hassio hassios httpsms humhub humhubs ifttt infobip irc ircs jellyfin
    jellyfins join json jsons kakao kakaotalk kaleyra kavenegar kde klr kodi kodis kook kudosity kumulos
    lametric lametrics lark lauther line macosx mailersend mailgun mailto mailtos mastodon mastodons matrix
    matrixs misskey misskeys mmost mmosts mobilemessage mobilemsg mqtt mqtts msg91 msgbird ncloud nclouds nctalk
    nctalks nexmo nostr notica noticas notifiarr notifico notificos notifyre ntfy ntfys o365 octopush onebot
    onebots onesignal parsep parseps pbul pinglet pinglets pingram pjet pjets plivo postmark pover prowl psafer
    psafers push pushdeer pushdeers pushed pushme pushplus pushward pushy qq qt reddit resend revolt ringc
    rocket rockets rsyslog ryver schan sendgrid sendpulse serwersms ses session sessions seven sfr signal
    signalgrid signals simplepush sinch slack smpp smpps smsc smseagle smseagles smsmanager smsmgr smstunnel
    smtp2go sns sogs sparkpost spugpush spush stackfield strmlabs synology synologys syslog telesign telnyx
    tgram threema toot toots trigv trigvs tweet twilio twist twitter vapid viber voipms vonage webex wechat
    wecom wecombot whapi whatsapp windows workflow workflows wpush wxpusher wxteams x xbmc xbmcs xml xmls xmpp
    xmpps youlmk zalo zcliq zohocliq zoom zulip
    """.split()  # noqa: SIM905 -- 238 names are read as words
)
