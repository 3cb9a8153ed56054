"""Colours of the published tables, packed; see ``colours`` for where they come from."""

from typing import Final

# Differences from one colour to the next, deflated, in base 85.
TABLES: Final = {
    "viridis": (
        "c-nQ4feiyO2m?)iwT{sJNBI<tLui{<E9*F%yp)%{VZ(owh%_6+6Uvy=Zz)b_+a+fJO7^ihzz7<%fGkXL"
        "t>8B&bos^Oxc$kx_FUK_4xOj78}L+^|2IgY<V0I_X?=?{J!7jEU0%<S?=9Gz4=i3uNvJ=L<K6iZhr9|x"
        "rpfX4PNetQS*gx01m~%ne$ueXLL8KtIxEPpg9TgxM({MUkq5zZd;k$Khzb"
    ),
    "magma": (
        "c-mc(3lak%2txz*{#T|#_{dHj<`E-{RNyDLKLIpA9Xy^JCD~)A1#Zw$+J906;at%H0ht~(C2-eQDtC!k"
        "f^&nn;@x<cLIoYY`{;E<-X{Uu02&(R{>1?{>2_8fW3|%l*|pMbSF>&45!;3Vex*UUB~&cyki#RIsqly<"
        "$Om$!7Jn~wpe9auBCp43q8~*<jxt{d-X$MJTOS@#pH#O}AUk~@%Xn65lWHGn{sSmHEx7"
    ),
    "inferno": (
        "c-oDU0S?132m>)>|Nn7WutSqh(=;`*&JGQ2gxP@22WAd)g9{))h?i~~Q@smZNdZ+{=Y*e-u3YTZwX_**"
        "Pk`8(XS&s)-1yPTt*!lKSD4Q*Rk@(TWV=-+`wa7&%|4tzydd}MyR4bI%Vd8--5M@D?1W2vhn0M@c5eB!"
        "*Ker$gA1naJUKhbTh_uoO1wKxf%iC^Q{Zvfn<JsEP)#oW&_SSL(2larD0r1(fOak~jRKE1CMRv6"
    ),
    "cividis": (
        "c-n=M0S-eU2t!-8lk7md|7m1EK+(7@A*Q@m^3{*m8zd-RC}9LrP%>~Kw!&8Hp2P#{s|yIDpebBi&Rd4d"
        "fP|Jn7nWRP!Jp!Pj2&Wgc?=0~*^7kD4UKcogfp3_2j+b6>v#H9d^=`8OI_w}>1EW#Y8%&(8HiVF?dIl7"
        "b$BE8^a)Si25SBxr4K7y<xv<rA5+L`N3?@kb%P=wv(`f&"
    ),
}
