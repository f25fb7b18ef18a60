"""The words of everyday questions, Swedish and English, in small letters without marks."""

# Written apart, meant as one word.
JOINED = {
    "i över morgon": "iövermorgon",
    "i morgon": "imorgon",
    "i morron": "imorgon",
    "i morrn": "imorgon",
    "i dag": "idag",
    "i da": "idag",
    "i kväll": "ikväll",
    "på gång": "pågång",
    "på g": "pågång",
    "nästa vecka": "nästavecka",
    "veckan efter": "nästavecka",
    "next week": "nextweek",
    "in march": "inmarch",  # march alone is a demonstration
    "coming up": "comingup",
    "going on": "goingon",
    "whats on": "goingon",
    "nästa gång": "nästa",
    "signed up": "signedup",
    "den närmaste tiden": "framöver",
    "study circle": "studycircle",
    "hitta på": "hittapå",
    "gå på": "gåpå",
}

ASK = """
    vad va vadå vah wa hur vilka vilken vilket finns fins har är e ä ere blir ska ni vi man kan gör göra visa
    what whats which is are does do have we you can one there theres show list
"""
SILENT = """
    det de den dom en ett och i på för hos nu här nåt något nån någon några na nå hä då ju som
    snälla tack hej hejsan hallå tjena allt alla mer inplanerat planerat kul roligt
    a an the this that it in on at for of and to any anything some something all else
    please hi hello hey planned scheduled fun
"""
HAPPEN = """
    händer hänner händ hänn ses sker pågång pågår aktivitet aktiviteter aktiviteterna evenemang kalender
    kalendern program programmet schema schemat hittapå gåpå
    happening happens happen goingon events event activities activity calendar schedule agenda up
"""
# Where and at what time are told with the next one.
WHEN = """
    när nästa närmast närmsta närmaste härnäst dags var vart börjar
    when whens next nearest where wheres starts start
"""
DAYS = {
    "today": "idag ikväll today todays tonight",
    "tomorrow": "imorgon imorron imorrn tomorrow tomorrows",
    "weekend": "helgen helg weekend",
    "next_week": "nästavecka nextweek",
    "week": "veckan vecka week weeks",
    "upcoming": """
        framöver kommande framåt månaden månad senare snart upcoming comingup ahead month soon coming
        januari februari mars april maj juni juli augusti september oktober november december
        january february inmarch may june july august october
    """,
}
WEEKDAYS = (
    "måndag måndagen mån monday mon",
    "tisdag tisdagen tis tuesday tue tues",
    "onsdag onsdagen ons wednesday wed",
    "torsdag torsdagen tors thursday thu thurs",
    "fredag fredagen fre friday fri",
    "lördag lördagen lörda lör saturday sat",
    "söndag söndagen sönda sön sunday sun",
)
KINDS = {
    "meeting": "möte möten mötet mötena träffas medlemsmöte medlemsmöten meeting meetings",
    "demonstration": """
        demonstration demonstrationen demonstrationer demo demon demonstrerar protest protesten protester
        manifestation manifestationer demonstrations demos protests rally rallies march marches
    """,
    "training": """
        utbildning utbildningar utbildningen kurs kurser kursen studiecirkel studiecirklar studiecirkeln
        cirkel cirklar training trainings course courses class classes studycircle workshop workshops
    """,
    "action": """
        utåtriktat kampanj kampanjer aktion aktioner action actions campaign campaigns campaigning
    """,
    "social": """
        träff träffar träffen fika fikat fest fester social socials party gathering gatherings
    """,
}

# Whole questions, a pattern each line; what is polite around them is taken off before.
WHOLE = {
    "help_out": r"""
        (jag )?(vill|kan|skulle( gärna)? vilja) (gärna )?(hjälpa till|bidra|engagera mig|ställa upp|bli aktiv)
        (jag )?(vill|kan) (gärna )?(vara med och hjälpa till|göra en insats)
        (hur|vad) kan jag (hjälpa till( med)?|bidra( med)?|engagera mig|bli aktiv)
        kan jag (hjälpa till|bidra|vara till hjälp)( med (nåt|något))?
        (behöver|behövs) (ni |det )?(nån |någon )?hjälp( med (nåt|något))?
        (i |id |i would )?(want to|wanna|would like to|like to|can) (help( out)?|contribute|volunteer)
        (i |id |i would )?(want to|would like to|like to) get involved
        (how|what) can i (help( out)?( with)?|contribute|volunteer|get involved|do to help)
        can i help( out)?( with (something|anything))?
        do you need (any )?help
    """,
    "help": r"""
        hjälp( mig)?|(kan|kunde) du hjälpa (mig|till)
        vad kan (du|jag|man)( göra| fråga( om)?| skriva)?( här)?
        hur (gör|funkar|fungerar) (jag|man|det|du|det här)
        vem är du
        vad är (det här|du|kallelse)( för (nåt|något))?
        kommandon?|meny(n)?
        (can you )?help( me)?
        what (can|do) (you|i) (do|ask|write)( here)?
        how does (this|it) work
        who are you|what (are you|is this)
        commands?|menu
    """,
    "mine": r"""
        (visa )?min(a)? (anmälan|anmälningar|anmälningarna|svar|aktiviteter|saker|bokningar)
        vad (har|är) jag (anmäld|anmält mig|svarat)( till| på)?
        vad har jag (tackat|sagt) ja till
        vilka (aktiviteter )?(har|är) jag (anmäld( till| på)?|anmält mig till)
        vad ska jag (gåpå|på)|mina
        (är|e) jag anmäld( till (nåt|något))?
        (show )?my (sign ?ups?|answers|activities|events|bookings|rsvps?)
        what (am|have) i (signedup|registered|answered|booked)( for| to)?
        (jag vill )?avanmäla? mig
        am i signedup( for (something|anything))?
    """,
    "stop": r"""
        sto+pp?(a)?( nu)?
        sluta( nu)?( (att )?(skicka|skriva|störa))?( (till )?mig)?( meddelanden)?
        (jag vill )?inte (ha )?(fler|mer|några) meddelanden
        (skicka )?inga (fler )?meddelanden
        avsluta|avprenumerera|avregistrera( mig)?
        skriv inte( till mig)?( mer| längre)?
        stop( it| now)?( (writing|sending|messaging))?( to)?( me)?( messages)?
        unsubscribe( me)?|no more messages|leave me alone
    """,
    "forget_me": r"""
        (glöm|radera|ta bort|avlägsna) (mig|mitt konto|mina uppgifter|allt om mig)
        (jag vill )?bli (glömd|raderad|borttagen)
        (forget|delete|remove|erase) (me|my (account|data))
    """,
    "my_data": r"""
        (visa )?min(a)? (uppgifter|data|personuppgifter)
        vad (vet|sparar|lagrar) (du|ni)( om mig)?
        vilka uppgifter har (du|ni)( om mig)?
        (show )?my data
        what do you (know|store|save|keep)( about me)?
    """,
    "contact": r"""
        (min|vem är min) kontaktperson|kontakt|contact
        (jag vill |kan jag (få )?)?(prata|snacka|tala) med (en människa|en person|nån|någon|en arrangör)
        (jag vill )?(kontakta|skriva till|nå) (er|nån|någon|en arrangör|en människa)
        vem (kan|ska) jag (fråga|prata med|kontakta|ringa)
        (who is )?my contact( person)?
        (i want to |can i )?(talk|speak) (to|with) (a human|a person|someone|somebody)
        (i want to |can i )?(talk|speak) (to|with) an organi[sz]er
        who can i (ask|talk to|contact|call)
    """,
    "settings": r"""
        (ändra )?(mina )?inställningar(na)?
        (byt|byta|ändra) språk
        (change )?(my )?settings|(change )?language
        english( please)?|(på )?(svenska|engelska)
    """,
    "hello": r"""
        (hej|hejsan|hallå|tjena|tja|tjo|hejhej|goddag|god ?(morgon|kväll))( på dig| där)?
        (hi|hello|hey|good (morning|evening|day))( there)?
    """,
    "thanks": r"""
        (tack|tackar|toppen|okej|ok|bra|super|perfekt)( (så mycket|för hjälpen|ska du ha|snälla|då))?
        (thanks|thank you|great|perfect)( (a lot|so much|then))?
    """,
}
